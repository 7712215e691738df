# SPDX-License-Identifier: Apache-2.0
"""The models that are measured: written once to a folder, anew where this code has changed since."""
import dataclasses
import hashlib
import logging
import pathlib
import subprocess

import networks
import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

HERE = pathlib.Path(__file__).resolve().parent
SKELETON = HERE.parents[2] / "testdata/exports/resnet50_same_full/skeleton.onnx"
SEED = 20261122
NHWC = (1, 224, 224, 3)
NCHW = (1, 3, 224, 224)
ORDER = ("resnet50", "resnet18", "resnet101", "mobilenetv2", "efficientnetb0", "vgg16", "stack3x3", "stack1x1",
         "resnet50_int8")


@dataclasses.dataclass(frozen=True)
class Bench:
    """A model's file, its input's shape, the .npz of an image, multiply-adds of one run."""

    name: str
    path: pathlib.Path
    shape: tuple
    image: pathlib.Path
    macs: int

    @property
    def input_shape(self):
        """The argument of --input-shape."""
        return "image=" + "x".join(map(str, self.shape))


class RandomImages(CalibrationDataReader):
    """Two seeded images."""

    def __init__(self, shape):
        self._feeds = iter([{"image": image(shape, SEED + i)} for i in (1, 2)])

    def get_next(self):
        """The next feed, or None."""
        return next(self._feeds, None)


def image(shape, seed):
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def dims_of(graph):
    known = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    for value in [*graph.input, *graph.value_info, *graph.output]:
        known[value.name] = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    return known


def count_macs(model, shape):
    """Multiply-adds of convolutions and matrix products, for this shape of the input."""
    for dim, extent in zip(model.graph.input[0].type.tensor_type.shape.dim, shape):
        dim.dim_value = extent
    del model.graph.value_info[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    dims, total = dims_of(inferred.graph), 0
    for node in inferred.graph.node:
        if node.op_type in ("Conv", "Gemm", "MatMul"):
            outputs, weights = np.prod(dims[node.output[0]]), dims[node.input[1]]
            # Conv weights are [M, C/group, ...]; of a matrix one axis is the outputs'.
            share = weights[0] if node.op_type == "Conv" else dims[node.output[0]][-1]
            total += int(outputs * np.prod(weights) // share)
    return total


def write(name, path, folder, seed_weights):
    if name == "resnet50":
        subprocess.run([seed_weights, SKELETON, path], check=True)
    elif name == "resnet50_int8":
        logging.disable()  # it asks for preprocessing that would change nothing here
        quantize_static(folder / "resnet50.onnx", path, RandomImages(NHWC), quant_format=QuantFormat.QOperator,
                        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    else:
        onnx.save(networks.build(name, SEED), path)


def stamp():
    sources = [HERE / "models.py", HERE / "networks.py", SKELETON]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def make_all(build):
    """All models, in build/bench-models."""
    folder = build / "bench-models"
    folder.mkdir(exist_ok=True)
    written = folder / "STAMP"
    current = written.exists() and written.read_text() == stamp()
    result = []
    for name in ORDER:
        path, picture = folder / f"{name}.onnx", folder / f"{name}.npz"
        shape = NHWC if name.startswith("resnet50") else NCHW
        if not current:
            print(f"making {path}", flush=True)
            write(name, path, folder, build / "bin/seed_weights")
            np.savez(picture, image=image(shape, SEED))
        float_model = onnx.load(folder / f"{name.removesuffix('_int8')}.onnx")
        result.append(Bench(name, path, shape, picture, count_macs(float_model, shape)))
    written.write_text(stamp())
    return result
