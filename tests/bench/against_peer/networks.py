# SPDX-License-Identifier: Apache-2.0
"""Plain full-size networks with seeded weights, batch normalisation folded, input `image` of 1x3x224x224.

Weights are normal with He's variance; the last convolution of a residual branch is smaller, so that deep networks
neither overflow nor vanish.
"""
import math

import numpy as np
import onnx
from onnx import TensorProto, helper

BRANCH_GAIN = 0.3
LINEAR_GAIN = math.sqrt(0.5)


class Net:
    """A graph under construction. Values are (name, channels)."""

    def __init__(self, name, seed):
        self._name, self._random = name, np.random.default_rng(seed)
        self._nodes, self._weights = [], []
        self.image = ("image", 3)

    def node(self, op, inputs, **attributes):
        output = f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(op, inputs, [output], name=f"{op}_{output}", **attributes))
        return output

    def constant(self, values):
        tensor = onnx.numpy_helper.from_array(np.asarray(values), f"w{len(self._weights)}")
        self._weights.append(tensor)
        return tensor.name

    def normal(self, dims, deviation):
        return self.constant(self._random.standard_normal(dims, np.float32) * np.float32(deviation))

    def conv(self, x, channels, kernel, stride=1, groups=1, act="relu", gain=1.0):
        """A convolution with half-kernel pads and bias, and what follows it."""
        name, inputs = x
        fan_in = inputs // groups * kernel * kernel
        weights = self.normal((channels, inputs // groups, kernel, kernel), gain * math.sqrt(2 / fan_in))
        pad = kernel // 2
        y = self.node("Conv", [name, weights, self.normal((channels,), 0.05)], kernel_shape=[kernel] * 2,
                      strides=[stride] * 2, pads=[pad] * 4, group=groups)
        return self.activate((y, channels), act)

    def activate(self, x, act):
        name, channels = x
        if act == "relu":
            name = self.node("Relu", [name])
        elif act == "relu6":
            name = self.node("Clip", [name, self.constant(np.float32(0)), self.constant(np.float32(6))])
        elif act == "swish":
            name = self.node("Mul", [name, self.node("Sigmoid", [name])])
        elif act == "sigmoid":
            name = self.node("Sigmoid", [name])
        return (name, channels)

    def add(self, x, y, act=None):
        return self.activate((self.node("Add", [x[0], y[0]]), x[1]), act)

    def scale(self, x, by):
        return (self.node("Mul", [x[0], by[0]]), x[1])

    def max_pool(self, x, kernel, stride, pad):
        return (self.node("MaxPool", [x[0]], kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4), x[1])

    def pool_all(self, x):
        return (self.node("GlobalAveragePool", [x[0]]), x[1])

    def flatten(self, x, elements):
        return (self.node("Flatten", [x[0]], axis=1), elements)

    def dense(self, x, outputs, act=None):
        weights = self.normal((outputs, x[1]), math.sqrt(2 / x[1]) if act else math.sqrt(1 / x[1]))
        y = self.node("Gemm", [x[0], weights, self.normal((outputs,), 0.05)], transB=1)
        return self.activate((y, outputs), act)

    def model(self, x):
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])
        rest = helper.make_tensor_value_info(x[0], TensorProto.FLOAT, None)
        graph = helper.make_graph(self._nodes, self._name, [image], [rest], self._weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        return onnx.shape_inference.infer_shapes(model)


def classify(net, x):
    return net.model(net.dense(net.flatten(net.pool_all(x), x[1]), 1000))


def resnet(net, depths, bottleneck):
    x = net.max_pool(net.conv(net.image, 64, 7, 2), 3, 2, 1)
    for stage, depth in enumerate(depths):
        for block in range(depth):
            width, stride = 64 << stage, 2 if stage and not block else 1
            channels = 4 * width if bottleneck else width
            y = net.conv(x, width, 1) if bottleneck else x
            y = net.conv(y, width, 3, stride)
            y = net.conv(y, channels, 1 if bottleneck else 3, act=None, gain=BRANCH_GAIN)
            if block == 0 and (stride, channels) != (1, x[1]):
                x = net.conv(x, channels, 1, stride, act=None, gain=LINEAR_GAIN)
            x = net.add(y, x, "relu")
    return classify(net, x)


def vgg16(net):
    x = net.image
    for channels, convs in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convs):
            x = net.conv(x, channels, 3)
        x = net.max_pool(x, 2, 2, 0)
    x = net.dense(net.flatten(x, 512 * 7 * 7), 4096, "relu")
    return net.model(net.dense(net.dense(x, 4096, "relu"), 1000))


def inverted(net, x, channels, kernel, stride, expansion, act, squeeze):
    """Expand, depthwise, squeeze and excite if asked, project; a shortcut where the sizes allow it."""
    y = net.conv(x, x[1] * expansion, 1, act=act) if expansion > 1 else x
    y = net.conv(y, y[1], kernel, stride, groups=y[1], act=act)
    if squeeze:
        s = net.conv(net.pool_all(y), max(1, x[1] // 4), 1, act=act)
        y = net.scale(y, net.conv(s, y[1], 1, act="sigmoid"))
    shortcut = stride == 1 and channels == x[1]
    y = net.conv(y, channels, 1, act=None, gain=BRANCH_GAIN if shortcut else 1.0)
    return net.add(x, y) if shortcut else y


def mobilenetv2(net):
    x = net.conv(net.image, 32, 3, 2, act="relu6")
    for expansion, channels, blocks, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
                                                (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(blocks):
            x = inverted(net, x, channels, 3, 1 if block else stride, expansion, "relu6", False)
    return classify(net, net.conv(x, 1280, 1, act="relu6"))


def efficientnetb0(net):
    x = net.conv(net.image, 32, 3, 2, act="swish")
    for expansion, channels, blocks, stride, kernel in (
            (1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5),
            (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)):
        for block in range(blocks):
            x = inverted(net, x, channels, kernel, 1 if block else stride, expansion, "swish", True)
    return classify(net, net.conv(x, 1280, 1, act="swish"))


def stack(net, kernel):
    """Convolutions of one kernel alone, at the sizes of a ResNet's stages."""
    x = net.conv(net.image, 64, kernel, 4)
    for channels in (64, 128, 256, 512):
        for layer in range(5):
            x = net.conv(x, channels, kernel, 2 if channels > 64 and layer == 0 else 1)
    return net.model(x)


NETWORKS = {
    "resnet18": lambda net: resnet(net, (2, 2, 2, 2), False),
    "resnet101": lambda net: resnet(net, (3, 4, 23, 3), True),
    "mobilenetv2": mobilenetv2,
    "efficientnetb0": efficientnetb0,
    "vgg16": vgg16,
    "stack3x3": lambda net: stack(net, 3),
    "stack1x1": lambda net: stack(net, 1),
}


def build(name, seed):
    """The network as a model."""
    return NETWORKS[name](Net(name, seed))
