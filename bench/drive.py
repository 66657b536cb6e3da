"""One turn with the artefact of the tree that is the working directory; prints one JSON object.

Usage: PYTHONPATH=. python -P …/drive.py BUILD PYTHON ROTATIONS
It stands beside no package of ours: ``artefact`` and ``layers`` are those of that tree.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from artefact.stack import BuiltStack
from layers.artifacts import unzipped_bytes, zipped_bytes
from layers.built import BuiltFunction, functions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws.lambda_runtime.invocation import Invocation

ROTATION = "rotation.handler.lambda_handler"
KEY_SIZES = ("2048", "4096")
FIRST_STEP = "createSecret"
_UNHURRIED_SECONDS = 600.0
_CPU_CLOCK = 2  # CPUCLOCK_SCHED: all threads, as long as the process lives (clock_getcpuclockid(3))
_LAUNCHER = '#!/bin/sh\necho $$ > "{pid}"\nexec "{python}" "$@"\n'
_IDLE = Path(__file__).with_name("idle.py")
Found = dict[str, list[float]]


class Watched(BuiltStack):
    """Notes the CPU seconds that the function's process has used at the end of each step."""

    pid_file: ClassVar[Path]
    used: ClassVar[list[tuple[str, float]]] = []

    def invoke(self, event: Mapping[str, str]) -> Invocation:
        """Invoke the rotation function as Secrets Manager does."""
        answer = super().invoke(event)
        self.used.append((event["Step"], time.clock_gettime((~self.pid() << 3) | _CPU_CLOCK)))
        return answer

    @classmethod
    def pid(cls) -> int:
        """Process id of the newest process."""
        return int(cls.pid_file.read_text("utf-8"))


def rotate(stack: Watched) -> list[tuple[str, float]]:
    """Rotate once. Raises RuntimeError when that fails."""
    stack.used.clear()
    outcome = stack.rotate()
    if not outcome.succeeded:
        raise RuntimeError(f"a rotation failed: {outcome}")
    return list(stack.used)


def rotations(stack: Watched, size: str, count: int) -> Found:
    """Rotate ``count`` times in a new process, each time followed by a second one in it."""
    found: Found = defaultdict(list)
    stack.attach()
    rotate(stack)  # the first key has 2048 bits whatever the size
    for _ in range(count):
        stack.function.kill()
        cold, warm = rotate(stack), rotate(stack)
        found[f"cold {size} {FIRST_STEP}"].append(cold[0][1])
        found[f"warm {size}"].append(warm[-1][1] - cold[-1][1])
        before = cold[-1][1]
        for step, used in warm:
            found[f"warm {size} {step}"].append(used - before)
            before = used
    found["peak"].append(peak_memory_mb(Watched.pid()))
    return found


def peak_memory_mb(pid: int) -> float:
    """Peak resident memory of a process, in MB of 2**20 bytes: VmHWM of proc(5)."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


def idle(function: BuiltFunction, python: str) -> tuple[float, float]:
    """CPU seconds of importing a handler, and resident MB after it."""
    module = function.handler.rpartition(".")[0]
    paths = [str(path) for path in (function.code, *function.import_paths)]
    command = [python, "-I", "-S", "-B", str(_IDLE), module, *paths]
    environment = {"AWS_DEFAULT_REGION": "eu-west-1"}
    told = subprocess.check_output(command, text=True, env=environment)  # noqa: S603 - our own arguments
    cpu, resident = told.split()
    return float(cpu), float(resident)


def measure(build: Path, python: str, count: int) -> Found:
    """Return everything by name, a list of values each; of several hourly functions the larger."""
    built = functions(build)
    found: Found = defaultdict(list)
    for _ in range(count):
        at_rest = {one.handler: idle(one, python) for one in built}
        hourly = [value for handler, value in at_rest.items() if handler != ROTATION]
        found["import"].append(at_rest[ROTATION][0])
        found["hourly import"].append(max(cpu for cpu, _ in hourly))
        found["hourly at rest"].append(max(resident for _, resident in hourly))
    (layer,) = {path for one in built for path in one.layers.values()}
    found["unzipped"] = [unzipped_bytes(layer) / 1e6]
    found["zipped"] = [zipped_bytes(layer) / 1e6]
    with tempfile.TemporaryDirectory() as folder:
        launcher = Path(folder, "python")
        Watched.pid_file = Path(folder, "pid")
        launcher.write_text(_LAUNCHER.format(pid=Watched.pid_file, python=python), "utf-8")
        launcher.chmod(0o755)
        for size in KEY_SIZES:
            with Watched(
                functions=built,
                python=str(launcher),
                environment={"KEY_SIZE": size},
                timeout_seconds=_UNHURRIED_SECONDS,
            ) as stack:
                for name, values in rotations(stack, size, count).items():
                    found[name] += values
    return found


if __name__ == "__main__":
    json.dump(measure(Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3])), sys.stdout)
