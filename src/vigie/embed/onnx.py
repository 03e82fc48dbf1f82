"""A SentenceTransformers BERT on ONNX Runtime, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as runtime  # type: ignore[import-untyped]

from vigie.embed._weights import Floats, Weights
from vigie.embed.bert import BertEmbedder
from vigie.errors import EmbedderUnusable

_RUNTIME_ERRORS = (
    RuntimeError,
    runtime.Fail,
    runtime.InvalidArgument,
    runtime.InvalidGraph,
    runtime.InvalidProtobuf,
    runtime.NotImplemented,
    runtime.RuntimeException,
)


class OnnxEmbedder(BertEmbedder):
    """`BertEmbedder` on ONNX Runtime."""

    def _load(self, weights: Weights, graph: bytes, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        # One thread a batch: threads that share one wait for each other after every product, a sixth of their time.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Both keep the memory of past batches: one per shape seen, the other at the size of the largest.
        options.enable_mem_pattern = False
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            # The session copies them, in the layout of its matrix product.
            values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.encoder.values()]
            options.add_external_initializers(list(weights.encoder), values)
            self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except _RUNTIME_ERRORS as error:
            raise EmbedderUnusable(f"ONNX Runtime cannot load {self._checkpoint.weights}: {error}") from error

    def _compute(self, inputs: Mapping[str, NDArray[Any]]) -> Floats:
        try:
            (sums,) = self._session.run(["vectors"], dict(inputs))
        except _RUNTIME_ERRORS as error:
            shape = inputs["mask"].shape
            raise EmbedderUnusable(f"the embedding model failed on a batch of {shape}: {error}") from error
        found: Floats = sums
        return found
