#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small models of the README beside this file: `python make.py` (onnx 1.23.2, numpy).

A 3x3 kernel over 7x7 without padding, with pads of one, and with SAME; then a 7x7 kernel at stride 2 over 224x224,
with SAME and with the shortcut (k-1)/2 on both sides, which is one cell off.
"""
import pathlib

import numpy as np
import onnx
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent
OPSET, IR_VERSION = 17, 8

# name: (extent, kernel, attributes of the Conv)
MODELS = {
    "valid": (7, 3, {"auto_pad": "VALID"}),
    "pads": (7, 3, {"pads": [1, 1, 1, 1]}),
    "same": (7, 3, {"auto_pad": "SAME_UPPER"}),
    "same_stride2": (224, 7, {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    "shortcut_stride2": (224, 7, {"pads": [3, 3, 3, 3], "strides": [2, 2]}),
}


def make_model(name, extent, kernel, attributes):
    """One Conv over a 1x1xHxW image with the weights 1, 2, 3, ... scaled to a mean of one."""
    weights = np.arange(1, kernel * kernel + 1, dtype=np.float32).reshape(1, 1, kernel, kernel)
    weights /= weights.mean()
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "weights"], ["features"], name="conv", **attributes)],
        name,
        [helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, [1, 1, extent, extent])],
        [helper.make_tensor_value_info("features", onnx.TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "weights")],
    )
    opset = helper.make_opsetid("", OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name="padproof-examples")


def main():
    for name, (extent, kernel, attributes) in MODELS.items():
        onnx.save(make_model(name, extent, kernel, attributes), FOLDER / f"{name}.onnx")


if __name__ == "__main__":
    main()
