# SPDX-License-Identifier: Apache-2.0
"""How busy others keep the machine while something is measured."""
import os
import pathlib
import resource
import time


class Others:
    """Since its making: the cores that processes other than this one and its ended children used, on average."""

    def __init__(self):
        self._begin, self._before = time.perf_counter(), self._now()

    @staticmethod
    def _now():
        # user, nice, system, idle, iowait, irq, softirq, steal
        ticks = [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        ours = 0.0
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            usage = resource.getrusage(who)
            ours += usage.ru_utime + usage.ru_stime
        return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK") - ours

    def cores(self):
        return max(0.0, (self._now() - self._before) / (time.perf_counter() - self._begin))
