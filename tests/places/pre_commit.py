#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Commits models in a repository with the pre-commit hook: implicit padding is stopped, the converted model is not.

    tests/places/pre_commit.py PADPROOF [PRE_COMMIT]     from the project's root
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

CONFIG = """
repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: padproof-gate
        args: [--policy, padproof.toml]
"""


class Repository:
    def __init__(self, folder, variables):
        folder.mkdir()
        self.folder = folder
        self.variables = variables
        self.git("init", "-q")

    def run(self, *command):
        return subprocess.run(command, cwd=self.folder, env=self.variables, capture_output=True, text=True)

    def git(self, *arguments):
        result = self.run("git", *arguments)
        assert result.returncode == 0, result
        return result.stdout.strip()

    def commit(self, message):
        """Whether the commit came to be, and what was said."""
        self.git("add", "-A")
        result = self.run("git", "commit", "-m", message)
        return result.returncode == 0, result.stdout + result.stderr


def variables_for(folder, padproof):
    names = {f"GIT_{who}_{what}": "someone@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    (folder / "home").mkdir()
    path = f"{padproof.parent}:{os.environ['PATH']}"
    return {**names, "PATH": path, "HOME": str(folder / "home"), "PRE_COMMIT_HOME": str(folder / "cache"),
            "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}


def main():
    padproof = pathlib.Path(sys.argv[1]).resolve()
    pre_commit = sys.argv[2] if len(sys.argv) > 2 else "pre-commit"
    examples = pathlib.Path("testdata/examples").resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        variables = variables_for(folder, padproof)
        hooks = Repository(folder / "hooks", variables)
        shutil.copy(".pre-commit-hooks.yaml", hooks.folder)
        assert hooks.commit("Offer the hook")[0]

        models = Repository(folder / "models", variables)
        config = CONFIG.format(hooks=hooks.folder, revision=hooks.git("rev-parse", "HEAD"))
        (models.folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
        (models.folder / "padproof.toml").write_text("", encoding="utf-8")
        installed = models.run(pre_commit, "install")
        assert installed.returncode == 0, installed
        done, said = models.commit("Begin without models")
        assert done and "no files to check" in said, said

        shutil.copy(examples / "same.onnx", models.folder / "a model.onnx")
        done, said = models.commit("Add a model")
        assert not done and "implicit-padding" in said and "a model.onnx" in said, said
        converted = models.run("padproof", "convert", "--in-place", "a model.onnx")
        assert converted.returncode == 0, converted
        done, said = models.commit("Add a model")
        assert done, said
        assert "a model.onnx" in models.git("ls-files")

        (models.folder / "padproof.toml").write_text("fail-no = 1\n", encoding="utf-8")
        shutil.copy(examples / "pads.onnx", models.folder / "b.onnx")
        done, said = models.commit("Break the policy")
        assert not done and "padproof.toml:1:1: " in said, said
    print("pre_commit: the hook stops implicit padding and lets the converted model pass")


if __name__ == "__main__":
    main()
