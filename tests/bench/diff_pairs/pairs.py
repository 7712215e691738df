# SPDX-License-Identifier: Apache-2.0
"""Writes full-size ResNets as two exporters would:  pairs.py FOLDER

NAME-same.onnx pads by SAME_UPPER; NAME-symmetric.onnx has the same weights, the pads of PyTorch, other names and
another order; NAME-normalized.onnx is that with a batch normalisation behind each convolution. Seeded: the same
bytes each time.
"""
import hashlib
import pathlib
import sys

import onnx

ROOT = pathlib.Path(__file__).resolve().parents[3]
SOURCES = [pathlib.Path(__file__).resolve(), ROOT / "tests/bench/against_peer/networks.py",
           ROOT / "testdata/diff/make.py"]
sys.path += [str(source.parent) for source in SOURCES[1:]]

import make as exporters  # noqa: E402  (testdata/diff)
import networks  # noqa: E402

SEED = 20261123
DEPTHS = {"resnet50": (3, 4, 6, 3), "resnet152": (3, 8, 36, 3)}


def pad_same(graph):
    for node in graph.node:
        if node.op_type in ("Conv", "MaxPool"):
            kept = [each for each in node.attribute if each.name != "pads"]
            del node.attribute[:]
            node.attribute.extend([*kept, onnx.helper.make_attribute("auto_pad", "SAME_UPPER")])


def write(name, folder):
    model = networks.resnet(networks.Net(name, SEED), DEPTHS[name], True)
    styles = {
        "same": (pad_same,),
        "symmetric": (exporters.symmetric, lambda graph: exporters.scramble(graph, SEED)),
        "normalized": (lambda graph: exporters.unfold_normalization(graph, SEED), exporters.symmetric,
                       lambda graph: exporters.scramble(graph, SEED)),
    }
    for style, steps in styles.items():
        made = onnx.ModelProto()
        made.CopyFrom(model)
        for step in steps:
            step(made.graph)
        onnx.save(made, folder / f"{name}-{style}.onnx")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    stamp, written = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest(), folder / "DIFF"
    if written.exists() and written.read_text() == stamp:
        return
    for name in DEPTHS:
        print(f"making {folder / name}-*.onnx", flush=True)
        write(name, folder)
    written.write_text(stamp)


if __name__ == "__main__":
    main()
