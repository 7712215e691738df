# SPDX-License-Identifier: Apache-2.0
"""Writes the backend tests of the installed onnx package to a folder, in the tree that the distribution's has.

The wheel carries the node tests as code only; its own module computes them. Usage: write_newest.py FOLDER
"""
import contextlib
import io
import shutil
import sys
import warnings
from pathlib import Path

import onnx
from onnx import numpy_helper
from onnx.backend.test.case import node as node_cases

# The groups that lie in the wheel as files.
STORED_GROUPS = ("simple", "pytorch-operator", "pytorch-converted")


def message(value, info):
    """A test's value as the message that its declared type asks for; null where the format has none for it."""
    if hasattr(value, "SerializeToString"):
        return value
    kind = info.type.WhichOneof("value")
    convert = {
        "map_type": numpy_helper.from_dict,
        "sequence_type": numpy_helper.from_list,
        "optional_type": numpy_helper.from_optional,
        "tensor_type": numpy_helper.from_array,
    }[kind]
    return convert(value, info.name)


def write_values(folder, stem, values, infos):
    for index, (value, info) in enumerate(zip(values, infos)):
        (folder / f"{stem}_{index}.pb").write_bytes(message(value, info).SerializeToString())


def write_test(test, folder):
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(test.model.SerializeToString())
    for index, (inputs, outputs) in enumerate(test.data_sets):
        data_set = folder / f"test_data_set_{index}"
        data_set.mkdir()
        write_values(data_set, "input", inputs, test.model.graph.input)
        write_values(data_set, "output", outputs, test.model.graph.output)


def main():
    target = Path(sys.argv[1])
    # Cases print what they compute, and numpy warns about overflows that they mean.
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()):
        tests = node_cases.collect_testcases()
    for test in tests:
        write_test(test, target / "node" / test.name)
    stored = Path(onnx.__file__).parent / "backend" / "test" / "data"
    for group in STORED_GROUPS:
        shutil.copytree(stored / group, target / group)
    print(f"{len(tests)} node tests of onnx {onnx.__version__}")


if __name__ == "__main__":
    main()
