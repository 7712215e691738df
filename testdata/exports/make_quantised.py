# SPDX-License-Identifier: Apache-2.0
"""Quantises published models with ONNX Runtime's static quantiser: `python make_quantised.py`.

expected.npz stays the float framework's output of the source model, so a quantised model comes near it and never equals it.
"""
import dataclasses
import json
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from publish import ROOT, images, publish


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One quantised model: its source folder, format, activation and weight types, scales per channel or per tensor."""

    source: str
    form: QuantFormat
    activation: QuantType
    per_channel: bool


RECIPES = {
    "resnet50_same_qdq": Recipe("resnet50_same", QuantFormat.QDQ, QuantType.QInt8, True),
    "resnet50_same_qlinear": Recipe("resnet50_same", QuantFormat.QOperator, QuantType.QUInt8, False),
    "torch_resnet18_qdq": Recipe("torch_resnet18_script_batch", QuantFormat.QDQ, QuantType.QUInt8, False),
}


class RandomImages(CalibrationDataReader):
    """Eight seeded images of the shape in the source's inputs.npz."""

    def __init__(self, name, source, shape):
        batches = images(name, "calibration", (8, 1, *shape[1:]))
        self._feeds = iter([{source: batch} for batch in batches])

    def get_next(self):
        """The next feed, or None."""
        return next(self._feeds, None)


def record_runtime(name, model, source, data):
    """Stores what ONNX Runtime gives for the model as it stands, operator by operator."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    np.savez(ROOT / name / "runtime.npz", **dict(zip(names, session.run(names, {source: data}))))


def make(name):
    """Quantises one model and publishes it with its source's images and output."""
    recipe = RECIPES[name]
    folder = ROOT / recipe.source
    [(source, data)] = np.load(folder / "inputs.npz").items()
    [expected] = np.load(folder / "expected.npz").values()
    with tempfile.TemporaryDirectory() as scratch:
        target = pathlib.Path(scratch) / "model.onnx"
        quantize_static(folder / "model.onnx", target, RandomImages(name, source, data.shape), quant_format=recipe.form,
                        activation_type=recipe.activation, weight_type=QuantType.QInt8, per_channel=recipe.per_channel)
        model = onnx.load(target)
    origin = json.loads((folder / "origin.json").read_text())
    scales = "per channel" if recipe.per_channel else "per tensor"
    publish(name, model, data, expected, {
        **origin, "exact": False,
        "exporter": f"{origin['exporter']}, then onnxruntime {onnxruntime.__version__} quantize_static",
        "notes": f"{recipe.form.name} of `{recipe.source}`: {recipe.activation.name} activations, QInt8 weights, {scales}; "
                 "expected.npz is the float model's output, not comparable exactly"})
    if recipe.form == QuantFormat.QOperator:
        record_runtime(name, model, source, data)


if __name__ == "__main__":
    for model_name in RECIPES:
        make(model_name)
