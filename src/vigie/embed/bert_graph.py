"""The encoder layers of a BERT as an ONNX graph whose weights are given when it is loaded.

Importing onnx takes half a second, and the graph depends on sizes alone: it is built once and cached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import onnx
from onnx import TensorProto, helper

from vigie.embed._checkpoint import Activation

_FUSED = "com.microsoft"  # ONNX Runtime's own operators, documented in its docs/ContribOperators.md
_EXTERNAL = "given-when-loaded"


def build_graph(
    shapes: Mapping[str, Sequence[int]], *, layers: int, heads: int, activation: Activation, epsilon: float
) -> bytes:
    """A serialised model of 4 + 7 nodes a layer (8 where the activation has no fused form).

    `shapes`: of every weight, named as `encoder_weights` names them.
    Inputs: `embedded` float (batch, tokens, hidden), sums of word, position and type embeddings; `mask` int32
    (batch, tokens), 1 for tokens and 0 for padding; `pooling` float (batch, 1, tokens), what each token weighs.
    Output: `vectors` float (batch, hidden), the weighted sums of the last layer, of any length.
    """
    nodes = [
        helper.make_node(
            "LayerNormalization", ["embedded", "embeddings.scale", "embeddings.shift"], ["layer0"], epsilon=epsilon
        )
    ]
    for layer in range(layers):
        nodes += _layer(layer, heads, activation, epsilon)
    nodes += [
        helper.make_node("MatMul", ["pooling", f"layer{layers}"], ["pooled"]),
        helper.make_node("Squeeze", ["pooled", "axis"], ["vectors"]),
    ]
    hidden = shapes["embeddings.scale"][0]
    graph = helper.make_graph(
        nodes,
        "bert",
        [
            helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["batch", "tokens", hidden]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, ["batch", "tokens"]),
            helper.make_tensor_value_info("pooling", TensorProto.FLOAT, ["batch", 1, "tokens"]),
        ],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", hidden])],
        [helper.make_tensor("axis", TensorProto.INT64, [1], [1]), *(_placeholder(*item) for item in shapes.items())],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
    serialised: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    return serialised


def _layer(layer: int, heads: int, activation: Activation, epsilon: float) -> list[onnx.NodeProto]:
    """Self-attention and feed-forward, each followed by its bias, the residual sum and a LayerNorm."""
    given, taken = f"layer{layer}", f"layer{layer + 1}"

    def own(name: str) -> str:
        return f"{layer}.{name}"

    def fused(operator: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
        return helper.make_node(operator, inputs, [output], domain=_FUSED, **attributes)

    def normalised(block: str, value: str, residual: str, output: str) -> onnx.NodeProto:
        inputs = [value, residual, own(f"{block}.scale"), own(f"{block}.shift"), own(f"{block}.bias")]
        return fused("SkipLayerNormalization", inputs, output, epsilon=epsilon)

    return [
        fused("Attention", [given, own("qkv.weight"), own("qkv.bias"), "mask"], own("attended"), num_heads=heads),
        helper.make_node("MatMul", [own("attended"), own("attention.weight")], [own("mixed")]),
        normalised("attention", own("mixed"), given, own("between")),
        helper.make_node("MatMul", [own("between"), own("wide.weight")], [own("widened")]),
        *_activation(own("widened"), own("wide.bias"), own("active"), activation),
        helper.make_node("MatMul", [own("active"), own("narrow.weight")], [own("narrowed")]),
        normalised("narrow", own("narrowed"), own("between"), taken),
    ]


def _activation(value: str, bias: str, output: str, activation: Activation) -> list[onnx.NodeProto]:
    match activation:
        case "gelu":
            return [helper.make_node("BiasGelu", [value, bias], [output], domain=_FUSED)]
        case "gelu_tanh":
            return [helper.make_node("FastGelu", [value, bias], [output], domain=_FUSED)]
        case "relu":
            summed = f"{output}.sum"
            return [helper.make_node("Add", [value, bias], [summed]), helper.make_node("Relu", [summed], [output])]


def _placeholder(name: str, shape: Sequence[int]) -> onnx.TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=_EXTERNAL)
    return tensor
