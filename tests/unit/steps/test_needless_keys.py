"""Making an RSA key costs up to a second and more: it happens when one is needed, and once."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from rotation.errors.aws_answers import SecretsManagerDenied
from rotation.errors.base import RotationError
from rotation.keys import pair
from rotation.rules.words import Stage, Step
from tests.shared import keys
from tests.shared.steps import CURRENT, PENDING, World


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the keys that were made."""
    sizes: list[int] = []

    def generate(key_size_bits: int) -> RSAPrivateKey:
        sizes.append(key_size_bits)
        return keys.key("made 0")

    monkeypatch.setattr(pair, "generate", generate)
    return sizes


def promoted(world: World) -> None:
    world.versions.stages = {CURRENT: {Stage.PREVIOUS}, PENDING: {Stage.CURRENT}}


def without_rotation(world: World) -> None:
    world.versions.rotation_enabled = False


def without_label(world: World) -> None:
    world.versions.stages[PENDING] = set()


def without_value(world: World) -> None:
    world.versions.values[PENDING] = world.versions.values[CURRENT] = None


def damaged(world: World) -> None:
    world.versions.values = {CURRENT: keys.secret_text("current", privateKey="?"), PENDING: None}


def not_allowed(world: World) -> None:
    world.versions.values = {CURRENT: keys.secret_text("current", user="ADMIN"), PENDING: None}


def denied(world: World) -> None:
    world.versions.failures["read"] = SecretsManagerDenied("no.")


PATHS: list[tuple[str, Step, Callable[[World], None]]] = [
    ("the pending version has its value", Step.CREATE_SECRET, lambda _: None),
    ("the version is AWSCURRENT already", Step.CREATE_SECRET, promoted),
    ("rotation is switched off", Step.CREATE_SECRET, without_rotation),
    ("the version has no label", Step.CREATE_SECRET, without_label),
    ("AWSCURRENT has no value", Step.CREATE_SECRET, without_value),
    ("AWSCURRENT can't be read", Step.CREATE_SECRET, damaged),
    ("AWSCURRENT's user is not allowed", Step.CREATE_SECRET, not_allowed),
    ("Secrets Manager denies", Step.CREATE_SECRET, denied),
    *((f"{step}", step, lambda _: None) for step in Step if step is not Step.CREATE_SECRET),
    *((f"{step} again", step, promoted) for step in Step if step is not Step.CREATE_SECRET),
    *(
        (f"{step} of nothing", step, without_value)
        for step in Step
        if step is not Step.CREATE_SECRET
    ),
]


@pytest.mark.parametrize(("path", "step", "arrange"), PATHS, ids=[path for path, *_ in PATHS])
def test_no_key_is_made_where_none_is_needed(
    path: str, step: Step, arrange: Callable[[World], None], made: list[int]
) -> None:
    world = World()
    arrange(world)
    with suppress(RotationError):
        world.run(step)
    assert made == [], path


def test_one_is_made_where_it_is_needed(made: list[int]) -> None:
    world = World()
    world.versions.values[PENDING] = None
    world.run(Step.CREATE_SECRET)
    assert made == [2048]
