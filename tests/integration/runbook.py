"""Does what docs/runbook.md says: runs its blocks, in a shell and as Snowflake's administrator."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from snowflake.connector.errors import DatabaseError

from sandbox.stack import ROLE, USER

if TYPE_CHECKING:
    from tests.integration.setup_world import World

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
# What a person copies from DESC USER, and what the runbook has them run.
SHOWN = ("<RSA_PUBLIC_KEY_FP>", "<RSA_PUBLIC_KEY_2_FP>")
STATEMENT = "ALTER USER "
# A block that begins with one of these is for services that the sandbox doesn't have.
ELSEWHERE = ("aws ecs ", "aws cloudformation ", "USE ROLE SECURITYADMIN;\nSHOW USER PROGRAMMATIC")


class Block(NamedTuple):
    language: Literal["sh", "sql"]
    text: str


def section(heading: str) -> list[Block]:
    """Return the blocks under a heading, up to the next one."""
    text = RUNBOOK.read_text(encoding="utf-8")
    (body,) = re.findall(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE
    )
    found = re.findall(r"^```(sh|sql)\n(.*?)^```", body, re.DOTALL | re.MULTILINE)
    return [Block(*one) for one in found if not one[1].startswith(ELSEWHERE)]


class Operator:
    """A person with a shell, its commands in ``folder``, and Snowsight.

    Variables of the shell stay from block to block.
    """

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.stack = world, world.stack
        self.printed = ""
        self._variables = folder / "variables"
        self._environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        self.do(*section("Runbook"))

    def follow(self, heading: str) -> None:
        blocks = section(heading)
        if any("slot_beside" in block.text for block in blocks):
            self.read_slots()
        self.do(*blocks)

    def read_slots(self) -> None:
        """Do what every procedure that changes a slot begins with."""
        self.do(*section("Is anybody locked out?")[1:])

    def do(self, *blocks: Block) -> None:
        for language, text in blocks:
            if language == "sql":
                self.world.run(text)
            else:
                self._shell(text)

    def _shell(self, text: str) -> None:
        for shown, held in zip(SHOWN, self.stack.user.slots, strict=True):
            text = text.replace(shown, held or "null")
        file = shlex.quote(str(self._variables))
        names = "STACK SECRET ${!PREV*} ${!CURR*} ${!ONE*} ${!TWO*}"
        keep = f"declare -p {names} > {file}\ndeclare -f >> {file}"
        before = f"source {file}\n" if self._variables.exists() else ""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{before}{text}{keep}\n"],  # noqa: S607
            env=self._environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        self.printed = done.stdout.strip()
        if self.printed.startswith(STATEMENT):
            self.world.run(f"USE ROLE SECURITYADMIN;\n{self.printed}")
        if "rotate-secret " in text and "cancel-" not in text:
            self.stack.aws.wait_for_rotation(self.stack.secret_arn)

    def logs_in(self, content: dict[str, str]) -> bool:
        """Tell whether a consumer with this value of the secret gets in."""
        try:
            with self.world.connect(USER, content["privateKey"], ROLE):
                return True
        except DatabaseError:
            return False

    def is_anybody_locked_out(self) -> bool:
        """Answer the runbook's first question with its two commands."""
        question, *slots = section("Is anybody locked out?")
        self.do(question)
        fingerprint = self.printed
        self.do(*slots)
        return fingerprint not in self.stack.user.slots
