# SPDX-License-Identifier: Apache-2.0
"""Checks every published model with ONNX Runtime and writes the tables of README.md: `python table.py`."""
import collections
import json
import re

import numpy as np
import onnx
import onnxruntime as ort
from publish import ROOT
from sensitivity import least_change

LEVELS = {"off": ort.GraphOptimizationLevel.ORT_DISABLE_ALL, "on": ort.GraphOptimizationLevel.ORT_ENABLE_ALL}
HEADER = ["name", "framework", "exporter", "opset", "input", "tested with", "SAME nodes", "bytes",
          "max abs difference to ONNX Runtime, optimisations off / on", "least change when one window slips", "notes"]


def attribute(node, name):
    """The attribute `name` of `node`, or None."""
    return next((onnx.helper.get_attribute_value(entry) for entry in node.attribute if entry.name == name), None)


def same_nodes(model):
    """How many nodes of each type say auto_pad=SAME_*, as text."""
    count = collections.Counter()
    for node in model.graph.node:
        if (attribute(node, "auto_pad") or b"").startswith(b"SAME"):
            count[f"{node.op_type} {attribute(node, 'auto_pad').decode()}"] += 1
    return ", ".join(f"{number} {kind}" for kind, number in sorted(count.items())) or "none"


def opset_of(model, domain=""):
    """The opset of `domain` that `model` imports."""
    return next(entry.version for entry in model.opset_import if entry.domain == domain)


def difference(folder, level):
    """Largest absolute difference between ONNX Runtime's outputs at `level` and expected.npz."""
    options = ort.SessionOptions()
    options.graph_optimization_level = LEVELS[level]
    options.log_severity_level = 3
    session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    inputs, expected = dict(np.load(folder / "inputs.npz")), dict(np.load(folder / "expected.npz"))
    got = session.run(list(expected), inputs)
    if any(value.shape != expected[name].shape for name, value in zip(expected, got)):
        raise ValueError(f"{folder.name}: output shape {got[0].shape}")
    return max(float(np.abs(value - expected[name]).max()) for name, value in zip(expected, got))


def row(folder):
    """The table's row for one model folder."""
    origin = json.loads((folder / "origin.json").read_text())
    path = folder / "model.onnx"
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inputs = dict(np.load(folder / "inputs.npz"))
    [data] = inputs.values()
    differences = " / ".join(f"{difference(folder, level):.1e}" for level in LEVELS)
    return [f"`{folder.name}`", origin["framework"], origin["exporter"], opset_of(model), origin["size"],
            "x".join(map(str, data.shape)), same_nodes(model), path.stat().st_size, differences,
            f"{least_change(model, inputs):.1e}", origin["notes"]]


def operators(paths):
    """Rows (domain, operator, the opsets it appears at, models that have it), sorted."""
    seen = collections.defaultdict(lambda: (set(), set()))
    for path in paths:
        model = onnx.load(path)
        for node in model.graph.node:
            opsets, names = seen[node.domain, node.op_type]
            opsets.add(opset_of(model, node.domain))
            names.add(path.parent.name)
    return [[domain or "ai.onnx", kind, ", ".join(map(str, sorted(opsets))), len(names)]
            for (domain, kind), (opsets, names) in sorted(seen.items())]


def markdown(header, rows):
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def main():
    """Rewrites what stands between the README's markers and prints it."""
    folders = sorted(path.parent for path in ROOT.glob("*/model.onnx"))
    files = sorted([*ROOT.glob("*/model.onnx"), *ROOT.glob("*/skeleton.onnx")])
    tables = {"models": markdown(HEADER, [row(folder) for folder in folders]),
              "operators": markdown(["domain", "operator", "at opsets", "models"], operators(files))}
    text = (ROOT / "README.md").read_text()
    for name, table in tables.items():
        block = f"<!-- {name} -->\n{table}\n<!-- end -->"
        text = re.sub(rf"<!-- {name} -->.*?<!-- end -->", lambda _: block, text, flags=re.DOTALL)
        print(table)
    (ROOT / "README.md").write_text(text)


if __name__ == "__main__":
    main()
