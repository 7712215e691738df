#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds SARIF, JUnit and GitHub reports of every command to their schema and to programs that read them.

    tests/report/consumers.py PADPROOF     from the project's root
"""

import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import jsonschema
import junitparser

EXAMPLES = "testdata/examples"
EXPORTS = "testdata/exports"
UNALIGNED = ["diff", f"{EXAMPLES}/same.onnx", f"{EXPORTS}/torch_resnet18_qdq/model.onnx", "--no-run"]
HOSTILE = "##[error]::stop-commands::x, 100%.onnx"
# What the commands read, in front of them.
BEFORE = [
    ["gate", f"{EXAMPLES}/same.onnx", "--write-baseline", "OUT/known.json"],
    ["run", f"{EXAMPLES}/same_stride2.onnx", "--outputs", "OUT/other.npz"],
]
# Arguments, and the exit code.
COMMANDS = [
    (["gate", EXAMPLES], 1),
    (["gate", f"{EXPORTS}/resnet50_same/model.onnx", "OUT/no-model.onnx", f"{EXAMPLES}/pads.onnx"], 2),
    (["gate", "testdata/diff/symmetric.onnx", "--baseline", f"{EXPORTS}/resnet50_same/model.onnx", "--input-shape",
      "image=1x64x64x3", "--samples", "1"], 1),
    (["gate", f"{EXAMPLES}/same.onnx", "--policy", "OUT/policy.toml"], 0),
    (["verify", f"{EXAMPLES}/same_stride2.onnx", f"{EXAMPLES}/shortcut_stride2.onnx"], 1),
    (["verify", f"{EXAMPLES}/same.onnx", f"{EXAMPLES}/pads.onnx"], 0),
    (["diff", f"{EXPORTS}/resnet50_same/model.onnx", "testdata/diff/symmetric_scrambled.onnx", "--input-shape",
      "image=1x64x64x3", "--no-bound", "--samples", "1"], 1),
    (UNALIGNED, 3),
    ([*UNALIGNED, "--allow-unknown"], 0),
    # What is known is a part of what is found.
    (["gate", f"{EXAMPLES}/same.onnx", f"{EXAMPLES}/same_stride2.onnx", "--baseline", "OUT/known.json"], 1),
    (["gate", f"OUT/{HOSTILE}"], 1),
    (["gate", f"{EXAMPLES}/same.onnx", "--policy", "testdata/gate/wrong.toml"], 2),
    (["gate", f"OUT/broken-{HOSTILE}"], 2),
    (["convert", f"{EXPORTS}/resnet50_same/model.onnx", "-o", "OUT/explicit.onnx"], 3),
    (["convert", f"{EXAMPLES}/same.onnx", "-o", "OUT/explicit.onnx"], 0),
    (["inspect", EXAMPLES], 0),
    (["run", f"{EXAMPLES}/same.onnx"], 0),
    (["run", f"{EXAMPLES}/shortcut_stride2.onnx", "--expected", "OUT/other.npz"], 1),
]
POLICY = """
[[suppress]]
rule = "implicit-padding"
reason = "tested <&> \\"here\\" ]]> 100 %"
"""
failures = []


def check(condition, *about):
    if not condition:
        failures.append(about)


def judge_sarif(validator, text, code, about):
    log = json.loads(text)
    errors = [error.message for error in validator.iter_errors(log)]
    check(not errors, about, errors[:3])
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    check(len(rules) == len(set(rules)), about, "a rule twice")
    for result in run["results"]:
        check(rules[result["ruleIndex"]] == result["ruleId"], about, "ruleIndex", result)
        for location in result["locations"]:
            file = location["physicalLocation"]["artifactLocation"]
            check(run["artifacts"][file["index"]]["location"]["uri"] == file["uri"], about, "artifact", file)
    states = [result.get("baselineState") for result in run["results"]]
    check(None not in states or set(states) == {None}, about, "a state for some results only", states)
    check(("unchanged" in states) == any("known.json" in each for each in about), about, "baselineState", states)
    marks = [(result["ruleId"], result["locations"], result["partialFingerprints"]["padproofFinding/v2"])
             for result in run["results"]]
    check(all(marks.count(mark) == 1 for mark in marks), about, "two results that are one")
    open_results = [result for result in run["results"] if "suppressions" not in result]
    errors = [each for each in run["invocations"][0]["toolExecutionNotifications"] if each["level"] == "error"]
    check(code == 0 or open_results or errors, about, "nothing says why it failed")
    check(run["invocations"][0]["executionSuccessful"] == (code != 2), about, "executionSuccessful")


def judge_junit(text, code, about):
    xml.etree.ElementTree.fromstring(text)
    report = junitparser.JUnitXml.fromstring(text.encode())
    suites = list(report)
    check(suites and all(len(list(suite)) == suite.tests > 0 for suite in suites), about, "tests")
    bad = sum(suite.failures + suite.errors for suite in suites)
    check((bad > 0) == (code != 0), about, "failures", bad)
    told = sum(isinstance(result, (junitparser.Failure, junitparser.Error))
               for suite in suites for case in suite for result in case.result)
    check(told == bad == report.failures + report.errors, about, "counts", told, bad)


def judge_github(text, code, about):
    # Where in a line this stands is all one to a runner.
    check("##[" not in text, about, "a command of the runner's old syntax")
    kinds = {}
    for line in text.splitlines():
        command = re.fullmatch(r"::(error|warning|notice) ((file=[^:,]*,)?title=[^:,]+)::(.+)", line)
        check(command or line.startswith("padproof "), about, line)
        if command:
            kinds[command[1]] = kinds.get(command[1], 0) + 1
    check(all(count <= 10 for count in kinds.values()), about, kinds)
    check(code in (0, 3) or "error" in kinds, about, "no error is annotated")


def reports_of(padproof, arguments, expected, folder):
    arguments = [argument.replace("OUT", folder) for argument in arguments]
    paths = {name: f"{folder}/report.{name}" for name in ("sarif", "xml")}
    command = [padproof, *arguments, "--format", "github"]
    for path in paths.values():
        command += ["--report", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    check(done.returncode == expected, command, done.returncode, done.stderr)
    check("##[" not in done.stderr and "\n::" not in "\n" + done.stderr, command, "a command", done.stderr)
    return {name: pathlib.Path(path).read_text(encoding="utf-8") for name, path in paths.items()}, done.stdout


def prepare(padproof, folder):
    pathlib.Path(folder, "policy.toml").write_text(POLICY, encoding="utf-8")
    shutil.copy(f"{EXAMPLES}/same.onnx", f"{folder}/{HOSTILE}")
    pathlib.Path(folder, "broken-" + HOSTILE).write_bytes(b"no model")
    for arguments in BEFORE:
        arguments = [argument.replace("OUT", folder) for argument in arguments]
        subprocess.run([padproof, *arguments], capture_output=True, check=True)


def main():
    padproof = sys.argv[1]
    schema = json.loads(pathlib.Path("testdata/schemas/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    validator = kind(schema, format_checker=jsonschema.FormatChecker())
    for arguments, code in COMMANDS:
        with tempfile.TemporaryDirectory() as folder:
            prepare(padproof, folder)
            files, github = reports_of(padproof, arguments, code, folder)
            judge_sarif(validator, files["sarif"], code, arguments)
            judge_junit(files["xml"], code, arguments)
            judge_github(github, code, arguments)
    # The validator must be able to say no.
    broken = json.loads(files["sarif"])
    for spoil in (lambda log: log.pop("version"), lambda log: log["runs"][0].pop("tool"),
                  lambda log: log["runs"][0].update(results=[{"message": {}}]),
                  lambda log: log["runs"][0]["artifacts"][0]["location"].update(uri="a b[%.onnx")):
        spoiled = copy.deepcopy(broken)
        spoil(spoiled)
        check(not validator.is_valid(spoiled), "a spoiled log is valid")
    for failure in failures:
        print(*failure, file=sys.stderr)
    print(f"consumers: {len(COMMANDS)} commands in 3 formats, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
