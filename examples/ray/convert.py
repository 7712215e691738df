#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Converts a folder of models on a Ray cluster, a shard for each task, and merges the manifests.

    python convert.py SOURCE OUT_DIR [--shards N] [--address ADDRESS] [--padproof PATH] [-- OPTIONS OF padproof convert]

SOURCE and OUT_DIR must be the same files on all machines. Prints the summary of the whole batch and exits with its code.
"""
import argparse
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

MOST_RETRIES = 5


class Killed(Exception):
    """padproof was ended by a signal: what it had done is done, and it can be called again."""


def convert_shard(padproof, source, target, index, count, options):
    shard = f"{index}/{count}"
    command = [padproof, "convert", source, "--out-dir", target, "--shard", shard, "--jobs", "1", "--quiet", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode < 0:
        raise Killed(f"shard {shard}: signal {-done.returncode}")
    return shard, done.returncode, done.stderr


def merge(padproof, target, count):
    folder = pathlib.Path(target)
    parts = [str(folder / f"padproof-manifest.{index}-of-{count}.jsonl") for index in range(1, count + 1)]
    return subprocess.run([padproof, "convert", "--merge-manifests", *parts, "--manifest", str(folder / "padproof-manifest.jsonl")],
                          check=False).returncode


def run_on_ray(address, jobs):
    import ray  # pylint: disable=import-outside-toplevel

    ray.init(address=address, log_to_driver=False)
    # A worker that dies is replaced; padproof goes on where the dead one stopped.
    task = ray.remote(convert_shard).options(num_cpus=1, max_retries=MOST_RETRIES, retry_exceptions=[Killed])
    waiting = [task.remote(*job) for job in jobs]
    while waiting:
        done, waiting = ray.wait(waiting)
        yield from ray.get(done)


def run_here(jobs):
    """Without a cluster: the same tasks, in processes of this machine."""

    def stubborn(job):
        for _ in range(MOST_RETRIES):
            try:
                return convert_shard(*job)
            except Killed as reason:
                print(reason, file=sys.stderr)
        return convert_shard(*job)

    with ThreadPoolExecutor() as threads:
        yield from threads.map(stubborn, jobs)


def main():
    own, options = sys.argv[1:], []
    if "--" in own:
        own, options = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--shards", type=int, default=16, help="a few for each core, so that none is left waiting")
    parser.add_argument("--address", default="local", help="of the cluster; local: one for this run; none: without Ray")
    parser.add_argument("--padproof", default="padproof")
    given = parser.parse_args(own)
    jobs = [(given.padproof, given.source, given.target, index, given.shards, options) for index in range(1, given.shards + 1)]
    for shard, code, errors in run_here(jobs) if given.address == "none" else run_on_ray(given.address, jobs):
        print(f"shard {shard}: exit code {code}", file=sys.stderr)
        sys.stderr.write(errors)
    # A shard that could not even begin has left no manifest: an error.
    sys.exit(merge(given.padproof, given.target, given.shards))


if __name__ == "__main__":
    main()
