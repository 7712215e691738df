#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what runtimes make of the models on the rules' pages: docs/rules/measure.py, with onnx and onnxruntime.

Each row takes the model that breaks a rule and, where there is one, the same node with the pads written out, and runs both
over 1, 2, 3, ... in ONNX's shape inference, ONNX's reference evaluator and ONNX Runtime. What is equal is `right`.
onnxoptimizer and onnxsim are asked as well if they are installed.
"""

import pathlib
import re

import numpy as np
import onnx
import onnx.parser
import onnx.reference
import onnxruntime

PAGES = pathlib.Path(__file__).resolve().parent
SAME = r'auto_pad = "SAME_(UPPER|LOWER)"'
# rule, what is replaced on its page to get the node as the specification means it, and by what
ROWS = [
    ("auto-pad-and-pads", r'auto_pad = "SAME_UPPER", pads = .*?\]', "pads = [1, 1, 1, 1]"),
    ("negative-pads", None, None),
    ("negative-total", SAME, "pads = [0, 0, 0, 0]"),
    ("pool-pads-reach-kernel", None, None),
    ("reference-same-conv", SAME, "pads = [0, 0, 1, 1]"),
    ("reference-same-lower-pool", SAME, "pads = [1, 1, 0, 0]"),
    ("reference-valid-conv", r'auto_pad = "VALID"', "pads = [0, 0, 0, 0]"),
    ("same-dilated-conv", SAME, "pads = [2, 2, 2, 2]"),
    ("same-dilated-pool", SAME, "pads = [2, 2, 2, 2]"),
    ("transposed-negative-total", SAME, "output_padding = [1, 1]"),
    ("transposed-output-padding", SAME, "pads = [1, 1, 1, 1]"),
    ("transposed-split", SAME, "pads = [0, 0, 1, 1]"),
    ("valid-ceil-mode", r'auto_pad = "VALID", ceil_mode = 1', "pads = [0, 0, 0, 0]"),
    ("valid-stray-pads", r'auto_pad = "VALID", pads = .*?\]', "pads = [0, 0, 0, 0]"),
    ("zero-pad-max-pool", "", ""),
]


def page_model(rule):
    text = (PAGES / f"{rule}.md").read_text(encoding="utf-8")
    return re.search(r"## Breaks\n\n```onnx\n(.*?)\n```", text, re.DOTALL).group(1)


def inferred(text):
    model = onnx.shape_inference.infer_shapes(onnx.parser.parse_model(text), strict_mode=True)
    dims = [dim.dim_value for dim in model.graph.output[0].type.tensor_type.shape.dim]
    return np.zeros(dims)


def ramp(model):
    dims = [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
    return {"x": np.arange(1, 1 + np.prod(dims), dtype=np.float32).reshape(dims)}


def evaluated(text):
    model = onnx.parser.parse_model(text)
    return onnx.reference.ReferenceEvaluator(model).run(None, ramp(model))[0]


def run(text, optimised=True, change=None):
    model = onnx.parser.parse_model(text)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    given = change(onnx.shape_inference.infer_shapes(model)) if change else model
    session = onnxruntime.InferenceSession(given.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, ramp(model))[0]


def attempt(engine, *arguments, **options):
    """The result, or the last words of why there is none."""
    try:
        return engine(*arguments, **options)
    except Exception as error:  # whatever a runtime throws is an answer
        words = " ".join(str(error).split()) or type(error).__name__
        return "fails: " + words.replace("|", " ")[-70:]


def answer(got, wanted):
    if isinstance(got, str) or isinstance(wanted, str):
        return got if isinstance(got, str) else "loads"
    if wanted is None:
        return "runs"
    if got.shape != wanted.shape:
        sizes = ("x".join(map(str, result.shape[2:])) for result in (got, wanted))
        return "{} instead of {}".format(*sizes)
    return "right" if np.allclose(got, wanted) else "other values"


def optimisers():
    found = {}
    try:
        import onnxoptimizer

        found[f"onnxoptimizer {onnxoptimizer.__version__}"] = lambda model: onnxoptimizer.optimize(
            model, ["fuse_pad_into_pool"]
        )
    except ImportError:
        pass
    try:
        import onnxsim

        found[f"onnxsim {onnxsim.__version__}"] = lambda model: onnxsim.simplify(model)[0]
    except ImportError:
        pass
    return found


def main():
    columns = {
        f"onnx {onnx.__version__}, inference": inferred,
        f"onnx {onnx.__version__}, evaluator": evaluated,
        f"onnxruntime {onnxruntime.__version__}": run,
    }
    print("| rule | " + " | ".join(columns) + " |")
    print("| --- |" + " --- |" * len(columns))
    for rule, pattern, pads in ROWS:
        text = page_model(rule)
        meant = re.sub(pattern, pads, text) if pattern is not None else None
        cells = []
        for engine in columns.values():
            # Without optimisations ONNX Runtime is right about the pads that are written out.
            plain = {"optimised": False} if engine is run else {}
            wanted = attempt(engine, meant, **plain) if meant else None
            cells.append(answer(attempt(engine, text), wanted))
        print(f"| {rule} | " + " | ".join(cells) + " |")
    text = page_model("zero-pad-max-pool")
    for name, optimise in optimisers().items():
        got = attempt(run, text, optimised=False, change=optimise)
        print(f"\nzero-pad-max-pool after {name}: {answer(got, run(text, optimised=False))}")


if __name__ == "__main__":
    main()
