# SPDX-License-Identifier: Apache-2.0
"""Exports the full-width SAME ResNet-50 and keeps its graph without the weights: `python make_skeleton.py`.

Initialisers whose raw_data exceeds KEPT_BYTES lose it (the field stays, empty); their dims and data_type remain. What is
left is read by tools that fill in weights of their own; it is no valid model until then.
"""
import keras
import keras_nets
import numpy as np
from keras_weights import draw
from make_tf import Recipe, export_tf2onnx
from publish import ROOT, generator, half

KEPT_BYTES = 1024
LIMIT_BYTES = 200_000
NAME = "resnet50_same_full"
RECIPE = Recipe("resnet50_same_full", (None, None, None), (1, 224, 224), 17)


def full_model():
    """The Keras network with 1000 classes and an image of unknown size.

    Batch normalisation is seeded: an exporter drops the biases of one that is trivial, and a trained network's is not.
    """
    keras.utils.set_random_seed(1)
    image = keras.Input((None, None, 3), name="image")
    net, rng = keras_nets.resnet50_same_full(image, 1000, None), generator(NAME, "weights")
    for layer in net.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            draw(layer, rng)
            layer.moving_mean.assign(half(rng.normal(0, 0.1, layer.moving_mean.shape)))
            layer.moving_variance.assign(half(rng.uniform(0.8, 1.25, layer.moving_variance.shape)))
    net.layers[-1].bias.assign(half(rng.normal(0, 0.5, 1000)))
    return net, image


def hollow(model):
    """Empties the large initialisers of `model` in place. Returns the number of elements emptied."""
    emptied = 0
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) > KEPT_BYTES:
            tensor.raw_data = b""
            emptied += int(np.prod(tensor.dims))
    return emptied


def main():
    """Writes the skeleton."""
    net, image = full_model()
    model = export_tf2onnx(net, image, RECIPE)
    emptied = hollow(model)
    encoded = model.SerializeToString()
    if len(encoded) > LIMIT_BYTES:
        raise ValueError(f"{NAME}: {len(encoded)} bytes, limit {LIMIT_BYTES}")
    (ROOT / NAME).mkdir(exist_ok=True)
    (ROOT / NAME / "skeleton.onnx").write_bytes(encoded)
    print(f"{NAME}: {net.count_params()} parameters, {emptied} elements emptied, {len(encoded)} bytes")


if __name__ == "__main__":
    main()
