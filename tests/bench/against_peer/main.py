# SPDX-License-Identifier: Apache-2.0
"""The table of tests/bench/engine: `main.py BUILD TURNS [MODEL...]`. Exit code 0 whatever it says."""
import os
import pathlib
import sys

import models
import pair
import turns

THREADS = (1, 2)
EXPLANATION = """least: ratio of the least runs; then the fractions of the FMA peak;
spread: (most - least) / median of each; others: cores that other processes kept busy, 0 on a quiet machine;
differ: of outputs, in units of the largest"""
MOST_RATIO = 1.0
MOST_RATIO_OF_PAIR = 1 / 5
MORE_THAN_WEIGHTS = 100e6
# Cores; above, a verdict is about what else ran.
MOST_OTHERS = 0.2
ROW = "{:<16} {:>7} {:>7} {:>10} {:>10} {:>7} {:>7} {:>7} {:>7} {:>11} {:>7} {:>9} {:>4}"


def print_row(bench, threads, times):
    def fraction(seconds):
        return f"{2 * bench.macs / seconds / (times.peak * 1e9):.1%}"

    spread = "/".join(f"{one:.0%}" for one in times.spread)
    print(ROW.format(bench.name, threads, f"{bench.macs / 1e9:.2f}", f"{times.ours * 1e3:.1f}",
                     f"{times.peer * 1e3:.1f}", f"{times.ours / times.peer:.2f}", f"{times.least:.2f}",
                     fraction(times.ours), fraction(times.peer), spread, f"{times.others:.2f}",
                     f"{times.agreement.difference:.1e}", "same" if times.agreement.same_top else "NO"), flush=True)


def print_networks(build, benches, count):
    """The table; returns its times by name and threads."""
    print(ROW.format("network", "threads", "GMAC", "ours ms", "peer ms", "ratio", "least", "ours", "peer", "spread",
                     "others", "differ", "top"))
    results = {}
    for bench in benches:
        for threads in THREADS:
            results[bench.name, threads] = times = turns.measure(build, bench, threads, count)
            print_row(bench, threads, times)
    for threads in THREADS:
        peaks = sorted(times.peak for (_, count_of), times in results.items() if count_of == threads)
        print(f"FMA peak at {threads} thread(s): {peaks[0]:.0f} to {peaks[-1]:.0f} GFLOP/s")
    return results


def print_bar(what, figure, bar, is_met, others=0.0):
    doubt = f", but others used {others:.1f} cores" if others > MOST_OTHERS else ""
    print(f"{what:<66} {figure:>9} {bar:>9}  {'met' if is_met else 'NOT MET'}{doubt}")


def print_bars(results, measured):
    print(f"\n{'bars':<66} {'measured':>9} {'bar':>9}")
    for threads in THREADS:
        if ("resnet50", threads) in results:
            times = results["resnet50", threads]
            ratio = times.ours / times.peer
            print_bar(f"resnet50, {threads} thread(s): ours / peer (of the least runs: {times.least:.2f})", f"{ratio:.2f}",
                      f"<= {MOST_RATIO:.2f}", ratio <= MOST_RATIO, times.others)
    ratio = measured.ours / measured.peer
    print_bar(f"verify resnet50 and its conversion: {measured.ours:.2f} s / {measured.peer:.2f} s", f"{ratio:.2f}",
              f"<= {MOST_RATIO_OF_PAIR:.2f}", ratio <= MOST_RATIO_OF_PAIR, measured.others)
    # Both files are mapped, and pages of a file are its weights: they count once for each file, or not at all.
    for what, used, files in (("peak resident, weights of one file + 100 MB", measured.resident, 1),
                              ("peak resident, weights of both files + 100 MB", measured.resident, 2),
                              ("peak of what is no file's, 100 MB", measured.anonymous, 0)):
        bar = files * measured.file + MORE_THAN_WEIGHTS
        print_bar(f"  verify, {what}", f"{used / 1e6:.0f} MB", f"<= {bar / 1e6:.0f}", used <= bar)


def main():
    build, count, names = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    benches = models.make_all(build)
    chosen = [bench for bench in benches if not names or bench.name in names]
    print(f"{os.cpu_count()} cores; medians of {count} turns of {turns.RUNS_OF_A_TURN} runs. {EXPLANATION}")
    results = print_networks(build, chosen, count)
    print(f"peer: ONNX Runtime {next(iter(results.values())).version}")
    print_bars(results, pair.measure_apart(build, benches[0], count))


if __name__ == "__main__":
    main()
