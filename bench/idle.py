"""Import a handler as Lambda's init does; print CPU seconds and resident MB of 2**20 bytes.

Usage: python -I -S -B idle.py HANDLER-MODULE FOLDER…, under the runtime's Python.
"""

import importlib
import resource
import sys
from pathlib import Path


def cpu_seconds() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


module, *folders = sys.argv[1:]
sys.path[:0] = folders
before = cpu_seconds()
importlib.import_module(module)
after = cpu_seconds()
status = Path("/proc/self/status").read_text("utf-8")
(resident,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
sys.stdout.write(f"{after - before} {int(resident.split()[1]) / 1024}\n")
