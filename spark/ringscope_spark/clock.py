"""Where time went."""

import os
import time
from pathlib import Path


def tree_cpu_seconds() -> float:
    """Processor time of this process and all below it, so far: of a local master that is driver, executors and workers."""
    ticks, parents = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat[1])
            ticks[int(entry.name)] = sum(map(int, stat[11:15]))

    def is_ours(pid: int) -> bool:
        while pid > 1 and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid == os.getpid()

    return sum(used for pid, used in ticks.items() if is_ours(pid)) / os.sysconf("SC_CLK_TCK")


class Clock:
    """Wall and processor seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self._since = (time.monotonic(), tree_cpu_seconds())

    def stage(self, name: str) -> None:
        now = (time.monotonic(), tree_cpu_seconds())
        self.seconds[name] = self.seconds.get(name, 0.0) + now[0] - self._since[0]
        self.cpu_seconds[name] = self.cpu_seconds.get(name, 0.0) + now[1] - self._since[1]
        self._since = now
