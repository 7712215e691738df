#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the steps of action.yml and the job of docs/gitlab-ci.yml as they stand, in a repository with models.

    tests/places/jobs.py PADPROOF     from the project's root
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import yaml

ROOT = pathlib.Path.cwd()
EXAMPLES = ROOT / "testdata/examples"
POLICY = '[[suppress]]\nrule = "implicit-padding"\nmodel = "spaced out.onnx"\nreason = "known"\n'


def run(script, folder, variables):
    """A step of a job; GitHub's own way of calling bash."""
    environment = {**os.environ, **variables}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def run_action(folder, inputs, path):
    """Every step with the inputs filled in: the last exit code, all output, the summary, what was added to the path."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert set(inputs) <= set(action["inputs"]), inputs
    given = {name: inputs.get(name, each.get("default", "")) for name, each in action["inputs"].items()}
    summary, added = folder / "summary", folder / "path"
    summary.write_text("before\n", encoding="utf-8")
    added.write_text("", encoding="utf-8")
    values = {f"inputs.{name}": value for name, value in given.items()}
    values["github.action_path"] = str(folder / "action")
    output = ""
    for step in action["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "expressions in a script are an injection"
        variables = {name: values[re.fullmatch(r"\$\{\{ (\S+) \}\}", text)[1]] for name, text in step["env"].items()}
        variables |= {"PATH": path, "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_PATH": str(added)}
        result = run(step["run"], folder, variables)
        output += result.stdout + result.stderr
        if result.returncode != 0:
            break
    return result.returncode, output, summary.read_text(encoding="utf-8"), added.read_text(encoding="utf-8")


def check_action(folder, path):
    code, output, summary, added = run_action(folder, {"models": "exports\n"}, path)
    assert code == 1 and added == "", output
    assert "::error file=exports/bad.onnx,title=implicit-padding::" in output, output
    assert summary.startswith("before\n###") and "implicit-padding" in summary, summary
    sarif = json.loads((folder / "padproof.sarif").read_text(encoding="utf-8"))
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} >= {"implicit-padding"}, sarif

    inputs = {"models": "exports/good.onnx\n\nexports/spaced out.onnx\n", "policy": "padproof.toml",
              "args": "--samples\n2", "baseline": "known.json\nlast", "sarif": "out.sarif"}
    code, output, summary, _ = run_action(folder, inputs, path)
    assert code == 0, output
    assert "suppressed: known" in summary and "against last/good.onnx" in summary, summary
    assert (folder / "out.sarif").exists()

    code, output, summary, _ = run_action(folder, {"models": "exports/none.onnx; touch hacked\n$(touch hacked)"}, path)
    assert code == 2 and "exports/none.onnx; touch hacked" in output and not (folder / "hacked").exists(), output
    (folder / "padproof.sarif").unlink()
    code, output, summary, _ = run_action(folder, {"models": "exports", "policy": "wrong.toml"}, path)
    assert code == 2 and "::error title=policy" in output and "wrong.toml:1:" in output, output
    assert "wrong.toml:1:" in summary and (folder / "padproof.sarif").exists(), summary


def check_action_builds(folder, path):
    """Without padproof on the path the action's own sources are built; a stand-in says that they were."""
    setup = folder / "action/scripts/setup"
    setup.parent.mkdir(parents=True)
    setup.write_text('#!/bin/sh\necho "built with $1"\n', encoding="utf-8")
    setup.chmod(0o755)
    code, output, _, added = run_action(folder, {"models": "exports"}, path)
    assert code == 127 and "built with --product" in output, output
    assert added == f"{folder}/action/build/bin\n", added


def check_gitlab(folder, path):
    job = yaml.safe_load((ROOT / "docs/gitlab-ci.yml").read_text(encoding="utf-8"))["padproof"]
    result = run("\n".join(job["script"]), folder, {"PATH": path})
    assert result.returncode == 1, result
    artifacts = job["artifacts"]
    assert all((folder / each).exists() for each in artifacts["paths"])
    suites = xml.etree.ElementTree.parse(folder / artifacts["reports"]["junit"]).getroot()
    failed = [case.get("name") for case in suites.iter("testcase") if case.find("failure") is not None]
    assert failed == ["implicit-padding"], failed
    assert (ROOT / "scripts/setup").exists() and "--product" in job["before_script"][2]


def main():
    padproof = pathlib.Path(sys.argv[1]).resolve()
    system = "/usr/bin:/bin"
    assert shutil.which("padproof", path=system) is None, "an installed padproof hides what is tested"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for each in ("exports", "last"):
            (folder / each).mkdir()
        for source, target in (("same", "exports/bad"), ("same", "exports/spaced out"), ("pads", "exports/good"),
                               ("pads", "last/good")):
            shutil.copy(EXAMPLES / f"{source}.onnx", folder / f"{target}.onnx")
        (folder / "padproof.toml").write_text(POLICY, encoding="utf-8")
        (folder / "wrong.toml").write_text("rulse = 1\n", encoding="utf-8")
        (folder / "known.json").write_text('{"schema_version": "1.0"}', encoding="utf-8")
        path = f"{padproof.parent}:{system}"
        check_action(folder, path)
        check_gitlab(folder, path)
        check_action_builds(folder, system)
    print("jobs: the action's steps and the GitLab job run as written")


if __name__ == "__main__":
    main()
