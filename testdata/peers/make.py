#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes resnet50v2_onnxruntime.npz: what ONNX Runtime 1.31.1 gives for ../exports/resnet50v2_static with its
default optimisations, at the convolution and the pool of the stem, and at the output.

They fold the Pad with zeros into the MaxPool behind it (`Pad_Fusion`), which pads with minus infinity instead;
with disabled_optimizers=["Pad_Fusion"] the output is what Keras computed.
"""

import pathlib

import numpy
import onnx
import onnxruntime

HERE = pathlib.Path(__file__).parent
SOURCE = HERE.parent / "exports" / "resnet50v2_static"
STEM = ["Conv__122:0", "resnet50v2_1/pool1_pool_1/MaxPool2d:0"]


def main():
    model = onnx.load(SOURCE / "model.onnx")
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in STEM)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    values = session.run(names, dict(numpy.load(SOURCE / "inputs.npz")))
    numpy.savez_compressed(HERE / "resnet50v2_onnxruntime.npz", **dict(zip(names, values)))


if __name__ == "__main__":
    main()
