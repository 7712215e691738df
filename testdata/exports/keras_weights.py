# SPDX-License-Identifier: Apache-2.0
"""Seeded weights for a Keras network whose activations stay sane and whose logits tell images apart.

Kernels are He-normal, gammas and betas random; gammas that end a residual branch are small, as training makes them, because
fifty layers of larger ones magnify every rounding. Biases are wide, so that ResNet-50 V2's max-pool sees windows that are
negative throughout, where padding with zeros and with minus infinity differ. The moving statistics are those of a batch of
images, then shaken, so that no batch normalisation is trivial; the head is scaled so that logits have unit deviation over
images.
"""
import keras
import numpy as np
from publish import generator, half, images

BRANCH_END = "_3_bn"  # the last batch normalisation of a residual branch, in the applications and in resnet50_same


def draw(layer, rng):
    """Random parameters for one layer; statistics of batch normalisation come later."""
    if isinstance(layer, keras.layers.BatchNormalization):
        low, high = (0.2, 0.6) if layer.name.endswith(BRANCH_END) else (0.6, 1.4)
        layer.gamma.assign(half(rng.uniform(low, high, layer.gamma.shape)))
        layer.beta.assign(half(rng.normal(0, 0.3, layer.beta.shape)))
    elif isinstance(layer, keras.layers.Normalization):
        layer.adapt_mean.assign(half(rng.normal(0, 0.1, layer.adapt_mean.shape)))
        layer.adapt_variance.assign(half(rng.uniform(0.05, 0.08, layer.adapt_variance.shape)))
        layer.finalize_state()
    elif layer.weights:
        shape = layer.kernel.shape
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        fan_in = int(np.prod(shape[:2] if depthwise else shape[:-1]))
        layer.kernel.assign(half(rng.normal(0, np.sqrt(2 / fan_in), shape)))
        if layer.use_bias:
            layer.bias.assign(half(rng.normal(0, 1, layer.bias.shape)))


def settle_statistics(model, batch, rng):
    """Moving statistics: those of `batch` (N,H,W,3), each mean shifted and each variance scaled a little."""
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in norms:
        layer.momentum = 0.0
    model(batch, training=True)
    for layer in norms:
        mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy() + 1e-3
        layer.moving_mean.assign(half(mean + 0.1 * np.sqrt(variance) * rng.normal(size=mean.shape)))
        layer.moving_variance.assign(half(variance * rng.uniform(0.8, 1.25, variance.shape)))


def scale_head(model, batch, rng):
    """The last layer's logits get unit deviation over `batch` and random means."""
    head = model.layers[-1]
    features = keras.Model(model.input, head.input)(batch, training=False).numpy()
    logits = features @ head.kernel.numpy()
    head.kernel.assign(half(head.kernel.numpy() / logits.std(axis=0)))
    centre = features.mean(axis=0) @ head.kernel.numpy()
    head.bias.assign(half(rng.normal(0, 0.5, centre.shape) - centre))


def seed_weights(model, name, size, scale):
    """Sets every weight of `model` from `name`; `size` (H, W) and `scale` are those of the images it will see."""
    rng = generator(name, "weights")
    for layer in model.layers:
        draw(layer, rng)
    batch = images(name, "calibration", (16, *size, 3), scale)
    settle_statistics(model, batch, rng)
    scale_head(model, batch, rng)
