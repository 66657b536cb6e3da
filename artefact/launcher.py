"""Starts a function's process within a CPU share, and reads its peak memory.

Lambda gives a function CPU in proportion to its memory, one vCPU at 1,769 MB
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). Linux can hold a process
to such a share: the scheduler's bandwidth control, cgroup v1 (cpu.cfs_quota_us) or v2 (cpu.max).
It needs root. AWS documents neither its period nor how much CPU the init phase gets; here the
period is 20 ms, and the share holds from the process's first instruction on.
"""

import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

MB_OF_ONE_VCPU = 1769
PERIOD_MICROSECONDS = 20_000
_ROOT = Path("/sys/fs/cgroup")
_group_numbers = itertools.count()
_SCRIPT = """#!/bin/sh
echo $$ > "{pid}"
{join}
exec "{python}" "$@"
"""


def cpu_share(memory_mb: int) -> float:
    """VCPUs that a function of this size gets, at most one: it has one busy thread."""
    return min(1.0, memory_mb / MB_OF_ONE_VCPU)


def can_limit() -> bool:
    """Whether this machine lets us hold a process to a CPU share."""
    parent = _parent()
    return parent is not None and os.access(parent / "cgroup.procs", os.W_OK)


@contextmanager
def limited_group(share: float) -> Iterator[Path]:
    """Yield a control group whose processes get ``share`` CPUs together. Raises OSError.

    Several may be open at a time: two functions that run one another have a share each.
    """
    parent = _parent()
    if parent is None:
        raise OSError("no CPU controller under /sys/fs/cgroup")
    group = parent / f"key-rotation-{os.getpid()}-{next(_group_numbers)}"
    group.mkdir()
    quota = max(1000, round(PERIOD_MICROSECONDS * share))
    try:
        if parent == _ROOT:
            (group / "cpu.max").write_text(f"{quota} {PERIOD_MICROSECONDS}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        yield group
    finally:
        _remove(group)


@dataclass(frozen=True)
class Launcher:
    """A program to run instead of ``python``: notes its process id, joins ``group``, becomes it."""

    python: Path
    folder: Path
    group: Path | None = None

    def write(self) -> str:
        """Write the program; returns its path."""
        join = "" if self.group is None else f'echo $$ > "{self.group / "cgroup.procs"}"'
        script = self.folder / "python"
        text = _SCRIPT.format(pid=self._pid_file, join=join, python=self.python)
        script.write_text(text, "utf-8")
        script.chmod(0o755)
        return str(script)

    def peak_memory_mb(self) -> float:
        """Peak resident memory of the newest process, in MB of 2**20 bytes; it has to be alive.

        VmHWM of proc(5): shared pages count, as they do where nothing else shares them.
        """
        pid = self._pid_file.read_text("utf-8").strip()
        status = Path("/proc", pid, "status").read_text("utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024

    @property
    def _pid_file(self) -> Path:
        return self.folder / "pid"


@contextmanager
def launched(python: Path, memory_mb: int | None) -> Iterator[Launcher]:
    """Yield a launcher with the CPU share of this memory size; None: a whole CPU, no limit."""
    group = nullcontext() if memory_mb is None else limited_group(cpu_share(memory_mb))
    with tempfile.TemporaryDirectory() as folder, group as joined:
        yield Launcher(python, Path(folder), joined)


def _parent() -> Path | None:
    """Folder to make a group in: the second version's root, or the first's CPU controller."""
    delegated = _ROOT / "cgroup.subtree_control"
    if delegated.is_file():
        return _ROOT if "cpu" in delegated.read_text("utf-8").split() else None
    return next((p for p in (_ROOT / "cpu", _ROOT / "cpu,cpuacct") if p.is_dir()), None)


def _remove(group: Path) -> None:
    """Remove an empty group; a process that was just killed may take a moment to leave it."""
    for _ in range(100):
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise OSError(f"{group} still holds processes")
