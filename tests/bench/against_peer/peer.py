# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime in a process that keeps its session: `peer.py MODEL THREADS IMAGE.npz OUTPUT.npz`.

Runs once and writes the outputs, prints a line, then for each line `N` on standard input runs N times and prints
the median and the least of the seconds. `peer.py --pair SOURCE TARGET IMAGE.npz` loads both, runs each once and ends.
"""
import statistics
import sys
import time

import numpy as np
import onnxruntime


def open_session(path, threads=None):
    """Default options, but for the number of threads where one is given."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if threads is not None:
        options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def timed(session, feed):
    begin = time.perf_counter()
    session.run(None, feed)
    return time.perf_counter() - begin


def serve(model, threads, image, output):
    session = open_session(model, int(threads))
    feed = dict(np.load(image))
    names = [value.name for value in session.get_outputs()]
    np.savez(output, **dict(zip(names, session.run(names, feed))))
    print(onnxruntime.__version__, flush=True)
    for line in sys.stdin:
        seconds = [timed(session, feed) for _ in range(int(line))]
        print(statistics.median(seconds), min(seconds), flush=True)


def run_pair(source, target, image):
    sessions = [open_session(source), open_session(target)]
    feed = dict(np.load(image))
    for session in sessions:
        session.run(None, feed)


if __name__ == "__main__":
    if sys.argv[1] == "--pair":
        run_pair(*sys.argv[2:])
    else:
        serve(*sys.argv[1:])
