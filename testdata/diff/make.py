#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes this folder's models from those of ../exports: one network as several exporters would write it.

    python make.py      needs numpy and onnx; writes beside itself, the same bytes each time

Each step below is one way in which exporters differ; README.md says which model went through which.
"""

import pathlib
import random

import numpy
import onnx
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).parent
EXPORTS = HERE.parent / "exports"


def attributes(node):
    return {each.name: each for each in node.attribute}


def set_pads(node, pads):
    kept = [each for each in node.attribute if each.name not in ("auto_pad", "pads")]
    del node.attribute[:]
    node.attribute.extend(kept + [helper.make_attribute("pads", pads)])


def symmetric(graph):
    """As PyTorch pads: (k-1)/2 on both sides."""
    for node in graph.node:
        if node.op_type in ("Conv", "MaxPool"):
            kernel = attributes(node)["kernel_shape"].ints
            set_pads(node, [(extent - 1) // 2 for extent in kernel] * 2)


def absorb_pads(graph):
    """Pad nodes become the pads of the window behind them, zeros before a maximum included."""
    constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    pads = {node.output[0]: node for node in graph.node if node.op_type == "Pad"}
    for node in graph.node:
        pad = pads.get(node.input[0]) if node.op_type in ("Conv", "MaxPool") else None
        if pad is None:
            continue
        amount = constants[pad.input[1]]
        node.input[0] = pad.input[0]
        set_pads(node, [int(each) for each in [*amount[2:4], *amount[6:8]]])
    used = {name for node in graph.node for name in node.input}
    for pad in pads.values():
        if pad.output[0] not in used:
            graph.node.remove(pad)


def unfold_normalization(graph, seed):
    """Behind every convolution a batch normalisation, as if it had been folded in."""
    rng = numpy.random.default_rng(seed)
    constants = {each.name: each for each in graph.initializer}
    for place, node in reversed(list(enumerate(graph.node))):
        if node.op_type != "Conv":
            continue
        name = node.output[0]
        weights = numpy_helper.to_array(constants[node.input[1]])
        bias = numpy_helper.to_array(constants[node.input[2]])
        channels = len(weights)
        scale = rng.uniform(0.5, 2, channels) * rng.choice([-1, 1], channels)
        variance, mean = rng.uniform(0.5, 2, channels), rng.normal(size=channels)
        factor = scale / numpy.sqrt(variance + 1e-5)
        tensors = {
            "weights": weights / factor.reshape(-1, 1, 1, 1), "scale": scale, "shift": bias + mean * factor,
            "mean": mean, "variance": variance,
        }
        for key, value in tensors.items():
            graph.initializer.append(numpy_helper.from_array(value.astype(numpy.float32), f"{name}/{key}"))
        del node.input[1:]
        node.input.append(f"{name}/weights")
        node.output[0] = f"{name}/raw"
        operands = [f"{name}/{key}" for key in ("raw", "scale", "shift", "mean", "variance")]
        graph.node.insert(place + 1, helper.make_node("BatchNormalization", operands, [name]))
    drop_unused(graph)


def drop_unused(graph):
    used = {name for node in graph.node for name in node.input}
    for tensor in list(graph.initializer):
        if tensor.name not in used:
            graph.initializer.remove(tensor)


def scramble(graph, seed):
    """Other names, another order of nodes and tensors, no value_info."""
    rng = random.Random(seed)
    names = [each.name for each in [*graph.input, *graph.output, *graph.initializer]]
    names += [name for node in graph.node for name in node.output]
    renamed = {name: f"t{rng.getrandbits(40):x}" for name in dict.fromkeys(names)}
    for node in graph.node:
        node.name = f"n{rng.getrandbits(40):x}"
        for names in (node.input, node.output):
            names[:] = [renamed.get(name, name) for name in names]
    for each in [*graph.input, *graph.output, *graph.initializer]:
        each.name = renamed[each.name]
    del graph.value_info[:]
    known = {each.name for each in [*graph.input, *graph.initializer]} | {""}
    waiting, ordered = list(graph.node), []
    while waiting:
        node = rng.choice([each for each in waiting if known.issuperset(each.input)])
        waiting.remove(node)
        ordered.append(node)
        known.update(node.output)
    tensors = list(graph.initializer)
    rng.shuffle(tensors)
    del graph.node[:], graph.initializer[:]
    graph.node.extend(ordered)
    graph.initializer.extend(tensors)


def make(name, source, *steps):
    model = onnx.load(EXPORTS / source / "model.onnx")
    for step in steps:
        step(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")


if __name__ == "__main__":
    make("same_normalized", "resnet50_same", lambda graph: unfold_normalization(graph, 1))
    make("symmetric", "resnet50_same", symmetric)
    make("symmetric_scrambled", "resnet50_same", symmetric, lambda graph: scramble(graph, 2))
    make("keras_absorbed", "resnet50_static", absorb_pads)
    make("keras_v2_absorbed", "resnet50v2_static", absorb_pads)
