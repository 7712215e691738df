# SPDX-License-Identifier: Apache-2.0
"""Exports a narrow torchvision ResNet-18 with both exporters of PyTorch: `python make_torch.py [NAME...]`."""
import dataclasses
import io
import sys

import numpy as np
import onnx
import torch
import torchvision
from publish import generator, half, images, publish
from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet

STACK_TRACE = "pkg.torch.onnx.stack_trace"  # holds paths of the machine that exported


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One model: exporter, test images (N, H, W), the axes that stay dynamic, opset."""

    dynamo: bool
    tested: tuple
    dynamic: dict
    opset: int
    eval_mode: bool = True
    notes: str = ""


RECIPES = {
    "torch_resnet18_script_static": Recipe(False, (1, 61, 75), {}, 11),
    "torch_resnet18_script_batch": Recipe(False, (2, 64, 64), {0: "batch"}, 17),
    "torch_resnet18_script_bn": Recipe(False, (1, 65, 65), {0: "batch"}, 13, False,
                                       "TrainingMode.PRESERVE and no constant folding, so that BatchNormalization stays"),
    "torch_resnet18_dynamo_static": Recipe(True, (1, 65, 65), {}, 18),
    "torch_resnet18_dynamo_batch": Recipe(True, (2, 64, 64), {0: "batch"}, 20),
    "torch_resnet18_dynamo_dynamic": Recipe(True, (1, 61, 75), {0: "batch", 2: "height", 3: "width"}, 23),
}


class NarrowResNet18(ResNet):
    """torchvision's ResNet-18 with its layers made again at `width`, 2, 4 and 8 times that many channels."""

    def __init__(self, width=5, classes=10):
        super().__init__(BasicBlock, [2, 2, 2, 2])
        self.inplanes = width
        self.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = self._make_layer(BasicBlock, width, 2)
        self.layer2 = self._make_layer(BasicBlock, 2 * width, 2, stride=2)
        self.layer3 = self._make_layer(BasicBlock, 4 * width, 2, stride=2)
        self.layer4 = self._make_layer(BasicBlock, 8 * width, 2, stride=2)
        self.fc = nn.Linear(8 * width, classes)


def draw(name, module, rng):
    """Random parameters for one module, as in keras_weights.draw; "bn2" ends a residual branch."""
    if isinstance(module, nn.BatchNorm2d):
        low, high = (0.2, 0.6) if name.endswith("bn2") else (0.6, 1.4)
        assign(module.weight, rng.uniform(low, high, module.weight.shape))
        assign(module.bias, rng.normal(0, 0.3, module.bias.shape))
    elif isinstance(module, (nn.Conv2d, nn.Linear)):
        fan_in = int(np.prod(module.weight.shape[1:]))
        assign(module.weight, rng.normal(0, np.sqrt(2 / fan_in), tuple(module.weight.shape)))


def assign(tensor, value):
    """Sets `tensor` in place."""
    tensor.data.copy_(torch.from_numpy(half(value)))


def settle_statistics(net, batch, rng):
    """Running statistics: those of `batch` (N,3,H,W), shaken."""
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    net.train()(batch)
    for norm in norms:
        mean, variance = norm.running_mean.numpy(), norm.running_var.numpy()
        assign(norm.running_mean, mean + 0.1 * np.sqrt(variance) * rng.normal(size=mean.shape))
        assign(norm.running_var, variance * rng.uniform(0.8, 1.25, variance.shape))
        norm.momentum = 0.1
    net.eval()


def scale_head(net, batch, rng):
    """Logits of unit deviation over `batch`, with random means."""
    assign(net.fc.bias, np.zeros(net.fc.bias.shape))
    assign(net.fc.weight, net.fc.weight.numpy() / net(batch).numpy().std(axis=0)[:, None])
    centre = net(batch).numpy().mean(axis=0)
    assign(net.fc.bias, rng.normal(0, 0.5, centre.shape) - centre)


@torch.no_grad()
def seeded_net(name, size):
    """The network of the model `name` in eval mode, made for images of `size` (H, W)."""
    torch.manual_seed(1)
    rng = generator(name, "weights")
    net = NarrowResNet18().requires_grad_(False)
    for label, module in net.named_modules():
        draw(label, module, rng)
    batch = torch.from_numpy(images(name, "calibration", (16, 3, *size)))
    settle_statistics(net, batch, rng)
    scale_head(net, batch, rng)
    return net


def export_script(net, data, recipe):
    """The ModelProto of the TorchScript exporter."""
    mode = torch.onnx.TrainingMode.EVAL if recipe.eval_mode else torch.onnx.TrainingMode.PRESERVE
    axes = {"image": recipe.dynamic, "logits": {0: recipe.dynamic[0]}} if recipe.dynamic else None
    stream = io.BytesIO()
    torch.onnx.export(net, (data,), stream, dynamo=False, opset_version=recipe.opset, input_names=["image"],
                      output_names=["logits"], dynamic_axes=axes, training=mode, do_constant_folding=recipe.eval_mode)
    return onnx.load_from_string(stream.getvalue())


def export_dynamo(net, data, recipe):
    """The ModelProto of the torch.export-based exporter, less its stack traces."""
    shapes = ({axis: torch.export.Dim(label) for axis, label in recipe.dynamic.items()},) if recipe.dynamic else None
    sample = torch.cat([data, data]) if 0 in recipe.dynamic else data  # a sample batch of 1 would be burnt into Reshape
    program = torch.onnx.export(net, (sample,), dynamo=True, opset_version=recipe.opset, input_names=["image"],
                                output_names=["logits"], dynamic_shapes=shapes, verbose=False)
    model = program.model_proto
    for node in model.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key != STACK_TRACE]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    return model


def make(name):
    """Builds, seeds, runs, exports and publishes the model `name`."""
    recipe = RECIPES[name]
    count, *size = recipe.tested
    net = seeded_net(name, size)
    data = torch.from_numpy(images(name, "images", (count, 3, *size)))
    with torch.no_grad():
        expected = net(data).numpy()
    model = (export_dynamo if recipe.dynamo else export_script)(net, data, recipe)
    extents = ["?" if axis in recipe.dynamic else str(data.shape[axis]) for axis in (0, 2, 3)]
    publish(name, model, data.numpy(), expected, {
        "framework": f"torch {torch.__version__.split('+')[0]}, torchvision {torchvision.__version__.split('+')[0]}",
        "exporter": f"torch.onnx.export(dynamo={recipe.dynamo})",
        "size": f"{'x'.join(extents)}, NCHW", "exact": True, "notes": recipe.notes})


def main(names):
    """Makes the named models, or all."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name in names or RECIPES:
        make(name)


if __name__ == "__main__":
    main(sys.argv[1:])
