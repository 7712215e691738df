# SPDX-License-Identifier: Apache-2.0
"""Narrow Keras networks: the applications' own builders at full depth with few filters, and a ResNet-50 that is SAME throughout.

Every builder takes (image: KerasTensor N,H,W,3 with any extent unknown; classes; activation of the head) and returns a Model.
"""
import keras
from keras import layers
from keras.src.applications import efficientnet, mobilenet_v2, resnet

DEPTHS = (3, 4, 6, 3)
NARROW = (3, 4, 8, 16)
FULL = (64, 128, 256, 512)


def resnet50(image, classes, activation):
    """keras.applications ResNet50 (stride in the 1x1, explicit zero padding before the stride-2 layers)."""

    def stacks(x):
        for index, (filters, depth) in enumerate(zip(NARROW, DEPTHS)):
            stride = 1 if index == 0 else 2
            x = resnet.stack_residual_blocks_v1(x, filters, depth, stride1=stride, name=f"conv{index + 2}")
        return x

    return resnet.ResNet(stacks, preact=False, use_bias=True, weights=None, input_tensor=image, classes=classes,
                         classifier_activation=activation, name="resnet50")


def resnet50v2(image, classes, activation):
    """keras.applications ResNet50V2 (pre-activation, 1x1 max-pool as the strided shortcut)."""

    def stacks(x):
        for index, (filters, depth) in enumerate(zip(NARROW, DEPTHS)):
            stride = 1 if index == 3 else 2
            x = resnet.stack_residual_blocks_v2(x, filters, depth, stride1=stride, name=f"conv{index + 2}")
        return x

    return resnet.ResNet(stacks, preact=True, use_bias=True, weights=None, input_tensor=image, classes=classes,
                         classifier_activation=activation, name="resnet50v2")


def mobilenetv2(image, classes, activation):
    """keras.applications MobileNetV2 at alpha 0.05 (its last convolution keeps 1280 channels)."""
    return mobilenet_v2.MobileNetV2(alpha=0.05, weights=None, input_tensor=image, classes=classes,
                                    classifier_activation=activation, name="mobilenetv2")


def efficientnetb0(image, classes, activation):
    """keras.applications EfficientNetB0 at width 0.1."""
    return efficientnet.EfficientNet(0.1, 1.0, 224, weights=None, input_tensor=image, classes=classes,
                                     classifier_activation=activation, name="efficientnetb0")


def conv_bn(x, filters, kernel, stride, name):
    """A convolution with padding="same" and no bias, then batch normalisation."""
    x = layers.Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return layers.BatchNormalization(name=f"{name}_bn")(x)


def bottleneck(x, filters, stride, project, name):
    """A v1.5 bottleneck: the stride is in the 3x3."""
    shortcut = conv_bn(x, 4 * filters, 1, stride, f"{name}_0") if project else x
    x = layers.ReLU(name=f"{name}_1_relu")(conv_bn(x, filters, 1, 1, f"{name}_1"))
    x = layers.ReLU(name=f"{name}_2_relu")(conv_bn(x, filters, 3, stride, f"{name}_2"))
    x = conv_bn(x, 4 * filters, 1, 1, f"{name}_3")
    return layers.ReLU(name=f"{name}_out")(layers.Add(name=f"{name}_add")([shortcut, x]))


def resnet50_same(image, classes, activation, widths=NARROW, stem=12):
    """ResNet-50 v1.5 with padding="same" on every convolution and on the max-pool."""
    x = layers.ReLU(name="stem_relu")(conv_bn(image, stem, 7, 2, "stem"))
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="stem_pool")(x)
    for stage, (filters, depth) in enumerate(zip(widths, DEPTHS), start=1):
        for block in range(1, depth + 1):
            stride = 2 if block == 1 and stage > 1 else 1
            x = bottleneck(x, filters, stride, block == 1, f"stage{stage}_block{block}")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    return keras.Model(image, layers.Dense(classes, activation=activation, name="predictions")(x), name="resnet50_same")


def resnet50_same_full(image, classes, activation):
    """The same with ResNet-50's own widths: 25.5 million parameters for 1000 classes."""
    return resnet50_same(image, classes, activation, FULL, 64)
