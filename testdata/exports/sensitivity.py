# SPDX-License-Identifier: Apache-2.0
"""How much a model's output moves when one node's window slips by a pixel: a test that cannot see that is worth nothing."""
import numpy as np
import onnx
import onnxruntime as ort

SLIDING = {"Conv", "QLinearConv", "MaxPool"}


def kernel_area(node, stored):
    """The number of taps of a sliding-window node; `stored` maps initialiser names to dims."""
    for entry in node.attribute:
        if entry.name == "kernel_shape":
            return int(np.prod(entry.ints))
    return int(np.prod(stored.get(node.input[3 if node.op_type == "QLinearConv" else 1], [1, 1])[2:]))


def slipped(model, index):
    """A copy of `model` whose node `index` sees its input one pixel further down and to the right, at the same extents."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    node = copy.graph.node[index]
    pads = np.array([0, 0, 1, 1, 0, 0, -1, -1], np.int64)
    copy.graph.initializer.append(onnx.numpy_helper.from_array(pads, "slip_pads"))
    pad = onnx.helper.make_node("Pad", [node.input[0], "slip_pads"], ["slipped"])
    node.input[0] = "slipped"
    copy.graph.node.insert(index, pad)
    return copy


def run(model, inputs):
    """ONNX Runtime's first output, unoptimised."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, inputs)[0]


def least_change(model, inputs):
    """The least, over the nodes with more than one tap, of the largest absolute change of the output when that node slips."""
    stored = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    base = run(model, inputs).astype(np.float64)
    changes = [float(np.abs(run(slipped(model, index), inputs) - base).max())
               for index, node in enumerate(model.graph.node)
               if node.op_type in SLIDING and kernel_area(node, stored) > 1]
    return min(changes)
