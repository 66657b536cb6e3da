"""``make demo`` and ``make serve`` as a person starts them, and that the demo can fail."""

import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from sandbox.demo.consumers import Consumers, Outcome
from sandbox.stack import Stack

ROOT = Path(__file__).parents[2]


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
    assert re.fullmatch(
        r"demo: 3 rotations, \d+ consumer logins, 0 failed(, \d+ read again)?", last
    )
    assert ran.stdout.count("createSecret") == 4, "the third rotation is tried twice"
    assert "setSecret killed" in ran.stdout
    assert ran.stderr == ""
    drawn = "".join(ET.parse(picture).getroot().itertext())  # noqa: S314 (our own file)
    for part in ("RSA_PUBLIC_KEY_2", "AWSCURRENT", "setSecret killed", "failed: 0"):
        assert part in drawn


def test_a_consumer_without_an_installed_key_counts_as_failed() -> None:
    with Stack() as stack:
        stack.user.unset_key(1)
        with Consumers(stack, count=1) as consumers:
            consumers.wait_for_more(1)
        assert consumers.count(Outcome.FAILED) == len(consumers.logins) > 0


def test_a_consumer_that_read_just_before_a_rotation_reads_again() -> None:
    with Stack() as stack:
        stack.attach()
        client = stack.aws.client()
        stale = client.get_secret_value(SecretId=stack.secret_arn)
        assert stack.rotate().succeeded

        class StaleOnce:
            """A client whose first answer is from before the rotation."""

            answers = [stale]  # noqa: RUF012 (one instance)

            def get_secret_value(self, **arguments: str) -> object:
                return self.answers.pop() if self.answers else client.get_secret_value(**arguments)

        login = Consumers(stack)._log_in_with_current(StaleOnce())  # type: ignore[arg-type]
        assert login.outcome is Outcome.READ_AGAIN


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
    assert not key.parent.exists()
    server.stdout.close()
