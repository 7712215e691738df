#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the recipes of docs/cluster.md, and the driver of examples/ray without Ray: each must do what one machine does.

    tests/places/cluster.py PADPROOF     from the project's root

Slurm and Kubernetes are not there: their scripts are run with the variables that they would set.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path.cwd()
PAGE = (ROOT / "docs/cluster.md").read_text(encoding="utf-8")
MANIFEST = "padproof-manifest.jsonl"


def block(heading, number=0):
    part = PAGE[PAGE.index(f"## {heading}\n"):]
    part = part[: part.find("\n## ", 3)]
    return re.findall(r"```(?:bash|yaml)\n(.*?)```", part, re.S)[number]


def run(script, folder, **variables):
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=folder, env={**os.environ, **variables},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, (script, done.returncode, done.stdout, done.stderr)


def records(path):
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for record in found:
        del record["seconds"]
    return sorted(found, key=lambda record: record["source"])


def outputs(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.onnx")}


def check(name, folder, expected):
    """Compares, and clears for the next."""
    assert outputs(folder / "explicit") == outputs(expected), name
    assert records(folder / "explicit" / MANIFEST) == records(expected / MANIFEST), name
    shutil.rmtree(folder / "explicit")


def slurm(folder):
    assert "--array=1-8\n" in block("Slurm")
    for index in range(1, 9):
        run(block("Slurm"), folder, SLURM_ARRAY_TASK_ID=str(index), SLURM_ARRAY_TASK_COUNT="8", SLURM_CPUS_PER_TASK="2")
    run(block("Slurm", 1), folder)


def kubernetes(folder):
    job = yaml.safe_load(block("Kubernetes"))["spec"]
    container = job["template"]["spec"]["containers"][0]
    assert container["command"] == ["bash", "-c"] and job["completions"] == 8
    for index in range(job["completions"]):
        run(container["args"][0], folder, JOB_COMPLETION_INDEX=str(index))
    run(block("Slurm", 1), folder)


def ray_driver(folder):
    run(f"{sys.executable} {ROOT}/examples/ray/convert.py exports explicit --shards 5 --address none", folder)


def main():
    with tempfile.TemporaryDirectory(prefix="padproof-cluster-") as place:
        folder = pathlib.Path(place)
        (folder / "bin").mkdir()
        (folder / "bin/padproof").symlink_to(pathlib.Path(sys.argv[1]).resolve())
        os.environ["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"
        subprocess.run(["tests/bench/make_batch", folder / "exports", "30", "1000", "testdata/examples/same.onnx"], check=True)
        run("padproof convert exports --out-dir whole --quiet", folder)
        assert len(outputs(folder / "whole")) == 30
        run(block("GNU parallel"), folder)
        check("GNU parallel", folder, folder / "whole")
        for recipe in (slurm, kubernetes, ray_driver):
            recipe(folder)
            check(recipe.__name__, folder, folder / "whole")


if __name__ == "__main__":
    main()
