"""What a SentenceTransformers folder says about its BERT."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vigie.errors import EmbedderUnusable

Pooling = Literal["mean", "cls"]
Activation = Literal["gelu", "gelu_tanh", "relu"]

# The same architecture under four names; the last three number positions from the padding id + 1.
_FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert")
_ACTIVATIONS: dict[str, Activation] = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "relu": "relu",
}
# Vectors are brought to unit length, after which a mean over sqrt(n) and one over n are the same.
_POOLING: dict[str, Pooling] = {"mean": "mean", "mean_sqrt_len_tokens": "mean", "cls": "cls"}
_LEGACY_POOLING = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


class NotForOnnx(EmbedderUnusable):
    """The folder may be sound; its model is of a kind that `onnx.py` does not run."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A BERT encoder as its folder describes it."""

    folder: Path  # holds tokenizer.json and the weights
    hidden: int
    heads: int
    layers: int
    activation: Activation
    epsilon: float
    first_position: int  # row of the position table that the first token takes
    max_length: int  # tokens that are read, special ones included
    lower_case: bool
    pooling: Pooling
    query_prefix: str
    passage_prefix: str

    @property
    def weights(self) -> Path:
        return self.folder / "model.safetensors"


def read_checkpoint(folder: Path) -> Checkpoint:
    """What the folder's configuration files say. Raises EmbedderUnusable for what is not a BERT encoder."""
    base, pooling = _modules(folder)
    config = _read_json(base / "config.json")
    family, activation = config.get("model_type"), _ACTIVATIONS.get(str(config.get("hidden_act")))
    if family not in _FAMILIES:
        raise _unusable(folder, f"its architecture is {family!r}")
    if config.get("position_embedding_type", "absolute") != "absolute":
        raise _unusable(folder, f"its positions are {config['position_embedding_type']!r}")
    if activation is None:
        raise _unusable(folder, f"its activation is {config.get('hidden_act')!r}")
    sizes = _read_json(base / "sentence_bert_config.json", optional=True)
    prompts = _read_json(folder / "config_sentence_transformers.json", optional=True).get("prompts") or {}
    try:
        first = 0 if family == "bert" else int(config.get("pad_token_id", 1)) + 1
        described = _read_json(base / "tokenizer_config.json", optional=True)
        length = sizes.get("max_seq_length") or described.get("model_max_length") or 512
        checkpoint = Checkpoint(
            folder=base,
            hidden=int(config["hidden_size"]),
            heads=int(config["num_attention_heads"]),
            layers=int(config["num_hidden_layers"]),
            activation=activation,
            epsilon=float(config.get("layer_norm_eps", 1e-12)),
            first_position=first,
            max_length=int(min(length, int(config["max_position_embeddings"]) - first)),
            lower_case=bool(sizes.get("do_lower_case", False)),
            pooling=pooling,
            query_prefix=_prompt(prompts, "query"),
            passage_prefix=_prompt(prompts, "document", "passage", "corpus"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EmbedderUnusable(f"{base / 'config.json'} does not describe a BERT model: {error!r}") from error
    if min(checkpoint.heads, checkpoint.layers, checkpoint.max_length) < 1 or checkpoint.hidden % checkpoint.heads:
        raise EmbedderUnusable(f"{base / 'config.json'} does not describe a BERT model: its sizes do not fit together")
    return checkpoint


def _modules(folder: Path) -> tuple[Path, Pooling]:
    """Folder of the transformer, and how its tokens become one vector. A bare BERT is averaged, as the library does."""
    file = folder / "modules.json"
    if not file.exists():
        return folder, "mean"
    modules = _read_json(file, kind=list)
    try:
        kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
        paths = [folder / str(module["path"]) for module in modules]
    except (KeyError, TypeError) as error:
        raise EmbedderUnusable(f"{file} cannot be understood: {error!r}") from error
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise _unusable(folder, f"its modules, in modules.json, are {' + '.join(kinds) or 'none'}")
    return paths[0], _pooling(folder, _read_json(paths[1] / "config.json"))


def _pooling(folder: Path, config: Mapping[str, Any]) -> Pooling:
    modes = config.get("pooling_mode") or [mode for key, mode in _LEGACY_POOLING.items() if config.get(key)] or "mean"
    found = [modes] if isinstance(modes, str) else list(modes)
    if len(found) != 1 or found[0] not in _POOLING or not config.get("include_prompt", True):
        raise _unusable(folder, f"its pooling is {' + '.join(map(str, found))}")
    return _POOLING[found[0]]


def _prompt(prompts: Mapping[str, Any], *names: str) -> str:
    return str(next((prompts[name] for name in names if name in prompts), None) or "")


def _read_json(file: Path, *, optional: bool = False, kind: type = dict) -> Any:
    """The file's content, an object unless another kind is asked for; of an optional file that is not there, {}."""
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        if optional:
            return {}
        raise EmbedderUnusable(f"{file} is missing: name the folder of a SentenceTransformers model") from error
    except (OSError, ValueError) as error:
        raise EmbedderUnusable(f"{file} cannot be read ({error}): install the embedding model again") from error
    if not isinstance(content, kind):
        raise EmbedderUnusable(f"{file} cannot be understood: install the embedding model again")
    return content


def _unusable(folder: Path, why: str) -> NotForOnnx:
    return NotForOnnx(
        f"ONNX Runtime does not run the embedding model {folder}: {why}; it runs BERT, RoBERTa, CamemBERT and "
        "XLM-RoBERTa encoders with mean or cls pooling"
    )
