# SPDX-License-Identifier: Apache-2.0
"""Runs of one model by turns: padproof, ONNX Runtime, the peak of the machine, and again."""
import dataclasses
import json
import pathlib
import statistics
import subprocess
import sys

import busy
import numpy as np

PEER = pathlib.Path(__file__).resolve().parent / "peer.py"
# Runs of a turn, of which the median counts: the first touches its memory for the first time.
RUNS_OF_A_TURN = 5


@dataclasses.dataclass(frozen=True)
class Times:
    """Medians over the turns: seconds of both, GFLOP/s of the machine. `least` is the ratio of the least runs, which a
    busy machine disturbs less; `spread` is each side's (most - least) / median; `others` are the cores that other
    processes used."""

    ours: float
    peer: float
    peak: float
    least: float
    spread: tuple
    others: float
    agreement: "Agreement"
    version: str


@dataclasses.dataclass(frozen=True)
class Agreement:
    """The largest difference in units of the largest value, and whether the largest value is at the same place."""

    difference: float
    same_top: bool


class Peer:
    """ONNX Runtime in a child process."""

    def __init__(self, bench, threads, output):
        command = [sys.executable, PEER, bench.path, str(threads), bench.image, output]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self._line()

    def _line(self):
        line = self._child.stdout.readline().strip()
        if not line:
            raise RuntimeError("the peer ended early")
        return line

    def turn(self):
        """Median and least seconds of a turn's runs."""
        self._child.stdin.write(f"{RUNS_OF_A_TURN}\n")
        self._child.stdin.flush()
        return tuple(map(float, self._line().split()))

    def close(self):
        self._child.stdin.close()
        self._child.wait()


def our_turn(build, bench, threads, output):
    """Median and least seconds of a turn's runs."""
    command = [build / "bin/padproof", "run", bench.path, "--threads", str(threads), "--inputs", bench.image,
               "--outputs", output, "--input-shape", bench.input_shape, "--repeat", str(RUNS_OF_A_TURN),
               "--format", "json"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    [model] = report["models"]
    return model["timing"]["median_seconds"], model["timing"]["min_seconds"]


def peak(build, threads):
    return float(subprocess.run([build / "bin/bench_peak", str(threads)], check=True, capture_output=True).stdout)


def agreement(ours, theirs):
    [mine], [other] = np.load(ours).values(), np.load(theirs).values()
    largest = np.abs(other).max()
    if not np.isfinite(mine).all() or largest == 0:
        raise RuntimeError("outputs are not to be compared")
    return Agreement(float(np.abs(mine - other).max() / largest), bool(mine.argmax() == other.argmax()))


def spread(values):
    return (max(values) - min(values)) / statistics.median(values)


def measure(build, bench, threads, turns):
    """Times of the model at this number of threads."""
    folder = build / "bench-models"
    mine, other = folder / "ours.npz", folder / "peer.npz"
    others = busy.Others()
    peer = Peer(bench, threads, other)
    rows = []
    try:
        for _ in range(turns):
            rows.append((our_turn(build, bench, threads, mine), peer.turn(), peak(build, threads)))
    finally:
        peer.close()
    ours, theirs = ([row[side][0] for row in rows] for side in (0, 1))
    least = [min(row[side][1] for row in rows) for side in (0, 1)]
    return Times(statistics.median(ours), statistics.median(theirs), statistics.median(row[2] for row in rows),
                 least[0] / least[1], (spread(ours), spread(theirs)), others.cores(), agreement(mine, other),
                 peer.version)
