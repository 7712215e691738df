# SPDX-License-Identifier: Apache-2.0
"""`padproof verify` of a model and its conversion against a process that loads both into ONNX Runtime: time, memory.

`pair.py PADPROOF MODEL TARGET IMAGE.npz INPUT_SHAPE TURNS` is a process of its own, because a child's peak of memory
begins at what its parent had when it was forked. It prints the figures as JSON.
"""
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

import busy

PEER = pathlib.Path(__file__).resolve().parent / "peer.py"


@dataclasses.dataclass(frozen=True)
class Pair:
    """Medians in seconds, process start to exit; of ours in bytes: peak resident, its peak without files, one file.
    `others` are the cores that other processes used meanwhile."""

    ours: float
    peer: float
    resident: int
    anonymous: int
    file: int
    others: float


def run(command):
    """Seconds from start to exit, and the peak of resident memory in bytes."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"exit code {child.returncode}: {command}")
    return time.perf_counter() - begin, usage.ru_maxrss * 1024


def anonymous_now(pid):
    """Resident memory that belongs to no file; 0 once the process is gone."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return max((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:")), default=0)


def anonymous_peak(command):
    """The largest of samples, one a millisecond; a run of its own, because watching takes time."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    ended = threading.Event()
    waiter = threading.Thread(target=lambda: (child.wait(), ended.set()))
    waiter.start()
    most = 0
    while not ended.wait(0.001):
        most = max(most, anonymous_now(child.pid))
    waiter.join()
    return most


def measure(padproof, source, target, image, input_shape, turns):
    """Measures the pair by turns."""
    size = ["--input-shape", input_shape]
    pathlib.Path(target).unlink(missing_ok=True)
    subprocess.run([padproof, "convert", source, "-o", target, *size], check=True, stdout=subprocess.DEVNULL)
    ours = [padproof, "verify", source, target, *size]
    peer = [sys.executable, PEER, "--pair", source, target, image]
    others = busy.Others()
    rows = [(run(ours), run(peer)) for _ in range(turns + 1)][1:]  # the first is for the page cache
    used = others.cores()
    return Pair(statistics.median(mine[0] for mine, _ in rows), statistics.median(other[0] for _, other in rows),
                max(mine[1] for mine, _ in rows), max(anonymous_peak(ours) for _ in range(3)),
                os.path.getsize(source), used)


def measure_apart(build, bench, turns):
    """measure() in a process that has not grown."""
    target = bench.path.with_name(f"{bench.name}-explicit.onnx")
    command = [sys.executable, "-B", __file__, build / "bin/padproof", bench.path, target, bench.image,
               bench.input_shape, str(turns)]
    return Pair(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


if __name__ == "__main__":
    print(json.dumps(dataclasses.asdict(measure(*sys.argv[1:6], int(sys.argv[6])))))
