#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills a batch at random moments, and runs it again: nothing may be lost, torn or left over.

    tests/batch/kill_test.py PADPROOF [KILLS [MODELS [SEED]]]      until KILLS batches were killed while they ran
"""
import json
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

MANIFEST = "padproof-manifest.jsonl"


def check(condition, *about):
    if not condition:
        sys.exit(" ".join(["kill_test: FAILED:", *map(str, about)]))


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def records(text):
    """The last record of each model, without how long it took."""
    last = {}
    for line in text.decode().splitlines():
        record = json.loads(line)
        del record["seconds"]
        last[record["source"]] = record
    return last


def convert(padproof, source, target):
    return [padproof, "convert", str(source), "--out-dir", str(target), "--jobs", "2", "--quiet"]


def compare(expected, target, about):
    found = contents(target)
    check(MANIFEST in found, about, "no manifest")
    check(records(found.pop(MANIFEST)) == expected["records"], about, "the manifest says something else")
    check(found.keys() == expected["files"].keys(), about, sorted(found.keys() ^ expected["files"].keys()))
    check(found == expected["files"], about, "an output differs")


def run_to_end(command, about):
    done = subprocess.run(command, capture_output=True, check=False)
    check(done.returncode == 0, about, done.returncode, done.stderr)


def kill_once(command, delay, sign):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(delay)
    process.send_signal(sign)
    return process.wait() == -sign, process.pid


def two_at_once(padproof, source, target, expected):
    runs = [subprocess.Popen(convert(padproof, source, target), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    for run in runs:
        check(run.wait() == 0, "two at once:", run.stderr.read())
        run.stderr.close()
    compare(expected, target, "two at once:")


def full_disk(padproof, source, target, expected):
    """A limit on the size of files stands for the disk."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    done = subprocess.run(convert(padproof, source, target), capture_output=True, check=False, preexec_fn=limit)
    check(done.returncode == 2, "full disk:", done.returncode)
    check(set(contents(target)) <= {MANIFEST}, "full disk:", contents(target).keys())
    run_to_end(convert(padproof, source, target), "after a full disk:")
    compare(expected, target, "after a full disk:")


def main():
    padproof = sys.argv[1]
    kills, models, seed = (int(sys.argv[i]) if len(sys.argv) > i else usual for i, usual in ((2, 8), (3, 60), (4, 1)))
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="padproof-kill-") as place:
        folder = pathlib.Path(place)
        # The large ones are written past the cache.
        for name, count, size in (("small", models - models // 4, 300_000), ("large", models // 4, 1_500_000)):
            command = ["tests/bench/make_batch", folder / "in" / name, str(count), str(size), "testdata/examples/same.onnx"]
            subprocess.run(command, check=True)
        begin = time.monotonic()
        run_to_end(convert(padproof, folder / "in", folder / "whole"), "undisturbed")
        usual = time.monotonic() - begin
        files = contents(folder / "whole")
        expected = {"records": records(files.pop(MANIFEST)), "files": files}
        check(len(files) == models == len(expected["records"]), "the undisturbed run", len(files))
        two_at_once(padproof, folder / "in", folder / "two", expected)
        full_disk(padproof, folder / "in", folder / "full", expected)
        hits = {signal.SIGKILL: 0, signal.SIGTERM: 0}
        batches = strays = 0
        while hits[signal.SIGKILL] < kills:
            check(batches < 4 * kills + 8, hits, "batches of", batches, "were still running when they were killed")
            target = folder / f"out{batches}"
            command = convert(padproof, folder / "in", target)
            about = f"batch {batches} of seed {seed}:"
            # Some batches are killed again before they may end.
            for _ in range(draw.choice((1, 1, 2, 3))):
                sign = draw.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
                was_running, process = kill_once(command, draw.uniform(0, usual), sign)
                hits[sign] += was_running
                usual *= 1.05 if was_running else 0.8  # the machine may be busy now, or no longer
                left = list(target.rglob(f".*.{process}.*.padproof-tmp"))
                strays += len(left)
                check(sign == signal.SIGKILL or not left, about, "a signal that can be caught left", left)
            run_to_end(command, about)
            compare(expected, target, about)
            subprocess.run(["rm", "-r", target], check=True)
            batches += 1
        print(f"{batches} batches of {models} models, while running {hits[signal.SIGKILL]} times killed and {hits[signal.SIGTERM]} times"
              f" terminated, {strays} temporary files left by it: in the end all outputs and records are those of an undisturbed run")


if __name__ == "__main__":
    main()
