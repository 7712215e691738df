# SPDX-License-Identifier: Apache-2.0
"""Makes every export anew, in virtual environments with the pinned versions: `python make.py FOLDER`.

FOLDER takes the two environments (9 GB, most of it PyTorch's); it is not removed. Python 3.11.
"""
import os
import pathlib
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent
STEPS = [("tf", "make_tf.py"), ("tf", "make_skeleton.py"), ("torch", "make_torch.py"), ("tf", "make_quantised.py"),
         ("tf", "table.py")]
FIXED = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


def environment(folder, kind):
    """The interpreter of the environment `kind` inside `folder`, made if it is not there."""
    home = folder / kind
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        requirements = ROOT / f"requirements-{kind}.txt"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", requirements], check=True)
    return python


def main(folder):
    """Runs every step with its interpreter."""
    for kind, script in STEPS:
        subprocess.run([environment(folder, kind), ROOT / script], check=True, env={**os.environ, **FIXED})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]).resolve())
