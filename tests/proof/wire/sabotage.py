"""Handlers that are wrong on purpose, each in one thing: the checks have to say so.

A bench whose ``handler`` is this module's ``lambda_handler`` names one of them in its events; see
Bench.working_wrongly. A function's process imports this module, so that what is changed here is
changed nowhere else.
"""

from __future__ import annotations

import contextlib
import logging
import os
from typing import TYPE_CHECKING, Any

from rotation import handler
from rotation.aws_api import secret
from rotation.aws_api.secret import AwsSecret
from rotation.keys import credential
from rotation.ports import Deadline
from rotation.rules import old_key, slots
from rotation.rules.old_key import Retire
from rotation.rules.slots import Install
from rotation.rules.words import Slot, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("sabotage")


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:  # noqa: ANN401
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextlib.contextmanager
def _printing(shape: Any) -> Iterator[None]:  # noqa: ANN401
    read = credential.read

    def reading(*args: Any) -> Any:  # noqa: ANN401
        found = read(*args)
        logger.warning("read %s", shape(found))
        return found

    with _replaced(credential, "read", reading):
        yield


def lambda_handler(event: Any, context: Any) -> None:  # noqa: ANN401
    """Work as the event's ``Sabotage`` says, and soundly without one."""
    work = globals()[event.pop("Sabotage")] if "Sabotage" in event else handler.lambda_handler
    work(event, context)


def prints_the_key(event: Any, context: Any) -> None:  # noqa: ANN401
    with _printing(lambda found: found.document.required_text("privateKey")):
        handler.lambda_handler(event, context)


def prints_a_piece_in_hexadecimal(event: Any, context: Any) -> None:  # noqa: ANN401
    def piece(found: credential.Credential) -> str:
        return hex(found.private_key.reveal().private_numbers().d)[200:232]

    with _printing(piece):
        handler.lambda_handler(event, context)


def promotes_before_the_login(event: Any, context: Any) -> None:  # noqa: ANN401
    """In finishSecret."""
    if event["Step"] == "finishSecret":
        deadline = Deadline(lambda: 60)
        versions = AwsSecret(handler._client, secret.PACE, event["SecretId"], deadline)
        current = versions.labels().version_with(Stage.CURRENT)
        if current and current != event["ClientRequestToken"]:
            versions.promote(event["ClientRequestToken"], instead_of=current)
    handler.lambda_handler(event, context)


def unsets_the_wrong_slot(event: Any, context: Any) -> None:  # noqa: ANN401
    choose = old_key.choose_retirement

    def wrong(*args: Any, **named: Any) -> Any:  # noqa: ANN401
        choice = choose(*args, **named)
        return Retire(choice.slot.other) if isinstance(choice, Retire) else choice

    with _replaced(old_key, "choose_retirement", wrong):
        handler.lambda_handler(event, context)


def overwrites_a_foreign_key(event: Any, context: Any) -> None:  # noqa: ANN401
    choice = Install(Slot.TWO, replaces=None)
    with _replaced(slots, "choose_slot", lambda *_, **__: choice):
        handler.lambda_handler(event, context)


def retires_nothing(event: Any, context: Any) -> None:  # noqa: ANN401
    nothing = old_key.NothingToRetire("sabotage")
    with _replaced(old_key, "choose_retirement", lambda *_, **__: nothing):
        handler.lambda_handler(event, context)


def raises_what_it_likes(event: Any, context: Any) -> None:  # noqa: ANN401
    handler.lambda_handler(event, context)
    if event["Step"] == "testSecret":
        raise KeyError("step")


def dies_by_itself(event: Any, context: Any) -> None:  # noqa: ANN401
    """In setSecret: no answer at all, as when the time runs out."""
    handler.lambda_handler(event, context)
    if event["Step"] == "setSecret":
        os._exit(1)
