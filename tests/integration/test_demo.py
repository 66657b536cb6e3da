"""``make demo`` and the like as a person starts and ends them, and that the demo can fail."""

import os
import re
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sandbox.programs.demo.history import History
from sandbox.programs.demo.pipeline import Pipeline
from sandbox.programs.demo.timeline import draw
from sandbox.stack import Stack

ROOT = Path(__file__).parents[2]
MAKE, PS = (shutil.which(name) or name for name in ("make", "ps"))


def test_the_demo_ends_with_its_line_and_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "demo.svg"
    ran = subprocess.run(
        [sys.executable, "-m", "sandbox", "demo", "--picture", str(picture)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    last = ran.stdout.splitlines()[-1]
    assert re.fullmatch(r"demo: 3 rotations, \d+ logins of 9 tasks, 0 failed", last)
    assert ran.stdout.count("createSecret") == 4, "the third rotation is tried twice"
    assert ran.stdout.count("1 h later: retired") == 3
    for part in ("setSecret killed", "1 h later: kept"):
        assert part in ran.stdout
    assert ran.stderr == ""
    assert all(len(line) <= 80 for line in ran.stdout.splitlines() if "picture:" not in line)
    drawn = "".join(ET.parse(picture).getroot().itertext())  # noqa: S314 (our own file)
    for part in ("RSA_PUBLIC_KEY_2", "AWSCURRENT", "setSecret killed", "backfill", "pipeline"):
        assert part in drawn
    assert "failed" not in drawn


def test_a_login_that_fails_is_counted_and_drawn() -> None:
    with Stack(runs_tasks=True) as stack:
        history = History(stack)
        stack.user.unset_key(1)
        pipeline = Pipeline(stack)
        stack.ecs.wait_for(lambda: len(pipeline.lanes()) == 2)
        lanes = pipeline.lanes()
        assert [lane.failed for lane in lanes] == [1, 1], "a rejected key is not tried again"
        drawn = "".join(ET.fromstring(draw(history, lanes)).itertext())  # noqa: S314
        assert drawn.count("1, 1 failed") == 2
        assert "a large red one a failed login" in drawn


@pytest.mark.parametrize(
    ("target", "said"), [("demo", "a service with two tasks starts"), ("fargate", "starts:")]
)
def test_ctrl_c_ends_what_make_has_started_with_one_line(target: str, said: str) -> None:
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("MAKE")}
    made = subprocess.Popen(
        [MAKE, "-o", ".venv/installed", target, f"BIN={Path(sys.executable).parent}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    assert made.stdout is not None
    shown = b""
    while said.encode() not in shown:
        shown += os.read(made.stdout.fileno(), 1000)
    started = descendants(made.pid)
    os.killpg(made.pid, signal.SIGINT)
    rest, _ = made.communicate(timeout=20)
    assert (shown + rest).decode().splitlines()[-1] == "stopped"
    assert (shown + rest).count(b"\n") == 2
    assert len(started) >= 2
    assert not started & processes().keys()


def processes() -> dict[int, int]:
    """Return the process that started it, of every process that has not ended."""
    listed = subprocess.run(
        [PS, "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    return {int(one): int(parent) for one, parent, state in rows if not state.startswith("Z")}


def descendants(ancestor: int) -> set[int]:
    started_by = processes()
    found: set[int] = {ancestor}
    while more := {one for one, parent in started_by.items() if parent in found} - found:
        found |= more
    return found


def test_serve_prints_what_to_export_and_cleans_up() -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    shown = ""
    while "Ctrl-C" not in shown:
        line = server.stdout.readline()
        assert line, "serve ended early"
        shown += line
    exports = dict(re.findall(r"export (\w+)=(\S+)", shown))
    assert {"AWS_ENDPOINT_URL", "SNOWFLAKE_PORT", "NO_PROXY"} <= exports.keys()
    key = Path(exports["SNOWFLAKE_PRIVATE_KEY_FILE"])
    assert key.stat().st_mode & 0o777 == 0o600
    os.kill(server.pid, signal.SIGTERM)
    assert server.wait(timeout=20) == 0
    assert server.stdout.read().split() == ["stopped"]
    assert not key.parent.exists()
    server.stdout.close()
