"""Encoders and the language model, loaded when first asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from vigie.embed.models import ModelSpec
from vigie.embed.used import read_used
from vigie.errors import EmbedderUnusable
from vigie.protocols import ChatModel, Embedder, Tokens
from vigie.settings import Settings
from vigie.types import KINDS, Kind

log = logging.getLogger(__name__)
MODELS = "models.json"
QUERY_THREADS = 1  # a question is one short text: a second thread only takes from the sync
INDEXING_THREADS = 2
EXTRA = "`pip install 'vigie[transformers]'` installs what runs others"


@lru_cache(maxsize=4)
def make_embedder(spec: ModelSpec, cache_dir: Path, threads: int) -> Embedder:
    """The encoder of that name or folder, loaded once per process. Raises EmbedderUnusable.

    Passages are embedded with OpenVINO where it is installed and the processor has bf16 instructions.
    """
    from vigie.embed.models import backend, resolve

    folder = resolve(spec.name, cache_dir)
    prefixes = {"query_prefix": spec.query_prefix, "passage_prefix": spec.passage_prefix}
    match backend(folder):
        case "onnx", _ if threads == INDEXING_THREADS and find_spec("openvino") and _openvino_pays():
            from vigie.embed.openvino import OpenVinoEmbedder

            return OpenVinoEmbedder(folder, cache_dir, threads=threads, **prefixes)
        case "onnx", _:
            from vigie.embed.onnx import OnnxEmbedder

            return OnnxEmbedder(folder, cache_dir, threads=threads, **prefixes)
        case _, why:
            try:
                from vigie.embed.sentence_transformers import TransformersEmbedder
            except ImportError as error:
                raise EmbedderUnusable(f"{why}; {EXTRA} ({error})") from error
            return TransformersEmbedder(folder, cache_dir, threads=threads, **prefixes)


def _openvino_pays() -> bool:
    from vigie.embed.openvino import has_bf16

    return has_bf16()


@lru_cache(maxsize=4)
def make_tokens(spec: ModelSpec, cache_dir: Path) -> Tokens:
    """How that encoder reads, without loading what ONNX Runtime runs. Raises EmbedderUnusable."""
    from vigie.embed.models import backend, resolve

    folder = resolve(spec.name, cache_dir)
    if backend(folder)[0] != "onnx":
        return make_embedder(spec, cache_dir, QUERY_THREADS)
    from vigie.embed.tokens import BertTokens

    return BertTokens(folder, cache_dir, query_prefix=spec.query_prefix, passage_prefix=spec.passage_prefix)


def model_spec(settings: Settings, kind: Kind) -> tuple[str, ModelSpec]:
    """(the variable that names it, the model of that kind of source)."""
    if kind == "code" and settings.code_emb_model:
        return "CODE_EMB_MODEL", ModelSpec(settings.code_emb_model)
    spec = ModelSpec(settings.text_model, settings.query_prefix, settings.passage_prefix)
    return settings.text_model_variable, spec


def check_models(settings: Settings) -> None:
    """Raises EmbedderUnusable for a name without a model, or one that nothing installed here runs; loads none."""
    from vigie.embed.models import backend, resolve

    for variable, spec in dict(model_spec(settings, kind) for kind in KINDS).items():
        try:
            runs, why = backend(resolve(spec.name, settings.data_dir / "cache"))
            if runs == "transformers" and find_spec("sentence_transformers") is None:
                raise EmbedderUnusable(f"{why}; {EXTRA}")
        except EmbedderUnusable as error:
            raise EmbedderUnusable(f"{variable}={spec.name!r} cannot be used: {error}") from error


@dataclass(frozen=True)
class LazyEmbedders(Mapping[Kind, Embedder]):
    """The embedder of each kind of source, loaded when first asked for."""

    settings: Settings
    threads: int = QUERY_THREADS

    def __getitem__(self, kind: Kind) -> Embedder:
        with _named(self.settings, kind) as spec:
            return make_embedder(spec, self.settings.data_dir / "cache", self.threads)

    def tokens(self, kind: Kind) -> Tokens:
        with _named(self.settings, kind) as spec:
            return make_tokens(spec, self.settings.data_dir / "cache")

    def __iter__(self) -> Iterator[Kind]:
        return iter(KINDS)

    def __len__(self) -> int:
        return len(KINDS)


@contextmanager
def _named(settings: Settings, kind: Kind) -> Iterator[ModelSpec]:
    """The model of that kind; what is wrong with it names the variable that chose it."""
    variable, spec = model_spec(settings, kind)
    try:
        yield spec
    except EmbedderUnusable as error:
        raise EmbedderUnusable(f"{variable}={spec.name!r} cannot be used: {error}") from error


@dataclass
class FormerEmbedders:
    """Models that this data directory was used with, by fingerprint, loaded when first asked for."""

    settings: Settings
    _found: dict[str, Embedder | None] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, fingerprint: str) -> Embedder | None:
        with self._one:
            if fingerprint not in self._found:
                self._found[fingerprint] = self._look_for(fingerprint)
            return self._found[fingerprint]

    def _look_for(self, fingerprint: str) -> Embedder | None:
        for spec in read_used(self.settings.data_dir / MODELS):
            try:
                embedder = make_embedder(spec, self.settings.data_dir / "cache", QUERY_THREADS)
            except EmbedderUnusable as error:
                log.warning("the embedding model used before cannot be loaded: %s", error)
                continue
            if embedder.fingerprint == fingerprint:
                return embedder
        log.warning(
            "no embedding model known here has the fingerprint %s: its collection has to be synced", fingerprint
        )
        return None


def chunk_notes(settings: Settings) -> list[str]:
    """That CHUNK_SIZE is more than a model reads, where its files tell that without loading it."""
    size = settings.chunk_size
    if size is None:
        return []
    from vigie.embed.models import reads, resolve

    told = []
    for variable, spec in dict(model_spec(settings, kind) for kind in KINDS).items():
        try:
            most = reads(resolve(spec.name, settings.data_dir / "cache"))
        except EmbedderUnusable:
            continue  # told when it is needed
        if most is not None and size > most:
            told.append(
                f"CHUNK_SIZE={size} is more than {spec.name} ({variable}) reads: chunks have at most {most} tokens"
            )
    return told


def make_chat(settings: Settings) -> ChatModel | None:
    """The configured language model, or None: every answer is then composed."""
    if settings.litellm_model is None:
        return None
    from vigie.llm import LiteLLMChat

    key = settings.litellm_api_key
    return LiteLLMChat(
        settings.litellm_model, settings.litellm_api_base, key.get_secret_value() if key is not None else None
    )
