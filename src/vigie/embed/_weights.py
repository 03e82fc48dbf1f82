"""The tensors of a BERT checkpoint, and how its encoder layers take them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from vigie.embed._checkpoint import Checkpoint
from vigie.errors import EmbedderUnusable

Floats = NDArray[np.float32]
_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_WORDS = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Weights:
    """`words` (vocabulary, hidden) stays in the file, mapped: it is half of a small model and nearly all of a
    multilingual one, of which a text takes a few rows, and processes share its pages.

    `positions` (max_length, hidden) has the vector of token type 0 added. `encoder` holds what `build_graph` names.
    """

    words: NDArray[Any]
    positions: Floats
    encoder: dict[str, Floats]


def read_weights(checkpoint: Checkpoint) -> Weights:
    """The weights of the encoder as float32. Raises EmbedderUnusable when they are damaged or of another model."""
    tensors = _map_tensors(checkpoint.weights)
    first, rows, hidden = checkpoint.first_position, checkpoint.max_length, checkpoint.hidden
    try:
        positions = tensors["embeddings.position_embeddings.weight"][first : first + rows].astype(np.float32)
        if "embeddings.token_type_embeddings.weight" in tensors:
            positions += tensors["embeddings.token_type_embeddings.weight"][0]
        weights = Weights(np.asarray(tensors[_WORDS]), positions, _encoder(tensors, checkpoint.layers))
    except (KeyError, ValueError, IndexError) as error:
        raise EmbedderUnusable(
            f"{checkpoint.weights} does not hold the BERT that config.json beside it describes ({error}): "
            "install the embedding model again, or name another"
        ) from error
    attended = weights.encoder["0.qkv.weight"].shape
    if attended != (hidden, 3 * hidden) or positions.shape != (rows, hidden) or weights.words.shape[1:] != (hidden,):
        raise EmbedderUnusable(f"{checkpoint.weights} is of other sizes than config.json beside it says")
    return weights


def _map_tensors(file: Path) -> dict[str, NDArray[Any]]:
    """All tensors by name, without the prefix of a larger model, mapped from the file and not yet read.

    Layout: https://github.com/huggingface/safetensors#format
    """
    if not file.is_file():
        raise EmbedderUnusable(
            f"{file} is missing: install the embedding model again, or name a folder that holds it "
            "(weights in another format, or in several files, have to be saved as one model.safetensors)"
        )
    try:
        with safe_open(file, framework="numpy"):  # checks the header, the offsets and the size
            pass
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            header: dict[str, Any] = json.loads(stream.read(length))
    except (OSError, SafetensorError, ValueError) as error:
        raise EmbedderUnusable(f"{file} is damaged ({error}): install the embedding model again") from error
    header.pop("__metadata__", None)
    prefix = next((name.removesuffix(_WORDS) for name in header if name.endswith(_WORDS)), "")
    tensors: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        if name.startswith(prefix) and entry["dtype"] in _DTYPES and 0 not in entry["shape"]:
            # Checkpoints converted from TensorFlow call the two parameters of a LayerNorm gamma and beta.
            short = name.removeprefix(prefix).replace("LayerNorm.gamma", "LayerNorm.weight")
            tensors[short.replace("LayerNorm.beta", "LayerNorm.bias")] = np.memmap(
                file, _DTYPES[entry["dtype"]], "r", 8 + length + entry["data_offsets"][0], tuple(entry["shape"])
            )
    return tensors


def _encoder(tensors: Mapping[str, NDArray[Any]], layers: int) -> dict[str, Floats]:
    """Matrices as (in, out), where torch keeps (out, in); query, key and value side by side."""
    weights: dict[str, NDArray[Any]] = {}

    def norm(name: str, source: str) -> None:
        weights[f"{name}.scale"] = tensors[f"{source}.weight"]
        weights[f"{name}.shift"] = tensors[f"{source}.bias"]

    def dense(name: str, source: str) -> None:
        weights[f"{name}.weight"] = tensors[f"{source}.weight"].T
        weights[f"{name}.bias"] = tensors[f"{source}.bias"]

    norm("embeddings", "embeddings.LayerNorm")
    for number in range(layers):
        layer = f"encoder.layer.{number}"
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        weights[f"{number}.qkv.weight"] = np.concatenate([tensors[f"{part}.weight"].T for part in parts], axis=1)
        weights[f"{number}.qkv.bias"] = np.concatenate([tensors[f"{part}.bias"] for part in parts])
        dense(f"{number}.attention", f"{layer}.attention.output.dense")
        norm(f"{number}.attention", f"{layer}.attention.output.LayerNorm")
        dense(f"{number}.wide", f"{layer}.intermediate.dense")
        dense(f"{number}.narrow", f"{layer}.output.dense")
        norm(f"{number}.narrow", f"{layer}.output.LayerNorm")
    return {name: np.array(value, dtype=np.float32, order="C", subok=False) for name, value in weights.items()}
