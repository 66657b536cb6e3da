"""A malformed version is named, AWSCURRENT where AWSPENDING is AWS's copy of it.

``rotate-secret --no-rotate-immediately`` runs testSecret alone, on a copy of AWSCURRENT that
Secrets Manager takes away again: nobody could correct it, or remove its label.
"""

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from rotation.errors.secret import MalformedSecret, SecretNotJson
from rotation.keys import pair
from rotation.rules.words import Sensitive, Stage, Step
from tests.shared import keys
from tests.shared.fakes import FakeVersions
from tests.shared.steps import CURRENT, OLD, PENDING, World

DROP = "Remove AWSPENDING from that version and rotate again: a new one is made."
CORRECT = "Correct the secret's value and rotate again."
BINARY = "The secret's value stands in SecretBinary."
AS_STRING = "Put it in place as a string."


def secret(**fields: str | None) -> str:
    return keys.secret_text("current", **fields)


def locked(passphrase: str) -> str:
    key = keys.key("current").private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
    )
    return key.decode()


def unopened() -> str:
    """Return a key whose header names a cipher that the library does not know."""
    pem = pair.private_key_pem(keys.key("current"), traditional=True)
    first, rest = pem.split("\n", 1)
    return f"{first}\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-CBC,{'0' * 16}\n\n{rest}"


MALFORMED: dict[str, tuple[str, str, str]] = {
    "no JSON": ("account=x", "SecretNotJson", CORRECT),
    "no field": ("{}", "SecretNotJson", CORRECT),
    "a missing account": (secret(account=None), "SecretFieldInvalid", CORRECT),
    "a period in the account": (secret(account="MYORG.ACC"), "InvalidAccount", "Write the account"),
    "a control character": (secret(user="SVC\t"), "InvalidUser", CORRECT),
    "no key": (secret(privateKey="none"), "UnreadableKey", CORRECT),
    "a passphrase too many": (secret(passphrase="x"), "PassphraseDoesNotFit", "Put the passphrase"),
    "a passphrase that is missing": (
        secret(privateKey=locked("x")),
        "PassphraseDoesNotFit",
        "Put the passphrase",
    ),
    "a short key": (
        secret(privateKey=pair.private_key_pem(keys.key("short", 1024)), publicKey=None),
        "KeyTooShort",
        "Install a key of at least",
    ),
    "another public key": (
        secret(publicKey=pair.public_key_pem(keys.key("pending").public_key())),
        "KeyPairMismatch",
        CORRECT,
    ),
    "an unknown cipher": (
        secret(privateKey=unopened(), publicKey=None, passphrase="open sesame"),
        "UnknownKeyEncryption",
        "Encrypt the same key anew",
    ),
    "a key that is costly to read": (
        secret(privateKey=pair.private_key_pem(keys.key("current")) * 21),
        "KeyTooCostly",
        "Write the same key anew",
    ),
    "another account": (secret(account="OTHER-ACC"), "IdentityNotAllowed", "Find out who edited"),
}


@pytest.mark.parametrize(("value", "reason", "remedy"), MALFORMED.values(), ids=MALFORMED)
class TestOfAMalformedValue:
    def test_a_copy_is_told_of_as_awscurrent(self, value: str, reason: str, remedy: str) -> None:
        world = World()
        world.versions.values.update({CURRENT: value, PENDING: value})
        error = world.fails(Step.TEST_SECRET)
        assert error.reason == reason
        assert error.found.startswith("In the AWSCURRENT version: ")
        assert remedy in str(error)
        assert "AWSPENDING" not in str(error)
        assert "log_in" not in world.user.calls

    def test_one_that_is_no_copy_is_told_of_as_awspending(
        self, value: str, reason: str, remedy: str
    ) -> None:
        del remedy
        world = World()
        world.versions.values[PENDING] = value
        error = world.fails(Step.TEST_SECRET)
        assert error.reason == reason
        assert error.found.startswith("In the AWSPENDING version: ")
        assert str(error).endswith(DROP if reason != "IdentityNotAllowed" else "Then rotate again.")


def test_the_table_has_every_reason_that_a_value_can_have() -> None:
    every = {one.__name__ for one in _below(MalformedSecret)}
    tried = {reason for _, reason, _ in MALFORMED.values()}
    # A value is too large when it is written.
    assert tried == (every - {"SecretTooLarge"}) | {"IdentityNotAllowed"}


def _below(base: type[MalformedSecret]) -> set[type[MalformedSecret]]:
    nearest = set(base.__subclasses__())
    return nearest.union(*map(_below, nearest))


@dataclass
class Binary(FakeVersions):
    """A secret some of whose versions hold binary values."""

    binary: tuple[str, ...] = (CURRENT, PENDING)

    def read(self, version_id: str) -> Sensitive[str] | None:
        if version_id in self.binary:
            raise SecretNotJson(BINARY, remedy=AS_STRING)
        return super().read(version_id)


@pytest.mark.parametrize("step", [Step.CREATE_SECRET, Step.SET_SECRET, Step.TEST_SECRET])
def test_a_binary_value_keeps_the_remedy_of_its_own(step: Step) -> None:
    world = World()
    world.versions = Binary(world.versions.values, world.versions.stages)
    error = world.fails(step)
    if step is Step.TEST_SECRET:
        assert str(error) == f"In the AWSCURRENT version: {BINARY} {error.untouched} {AS_STRING}"
    assert error.reason == "SecretNotJson"


@pytest.mark.parametrize(
    ("version_id", "label", "remedy"),
    [(CURRENT, "AWSCURRENT", AS_STRING), (PENDING, "AWSPENDING", DROP)],
)
def test_a_binary_value_is_told_of_by_its_label(version_id: str, label: str, remedy: str) -> None:
    world = World()
    world.versions = Binary(world.versions.values, world.versions.stages, binary=(version_id,))
    error = world.fails(Step.SET_SECRET)
    assert (error.found, error.remedy) == (f"In the {label} version: {BINARY}", remedy)


def test_a_binary_value_of_awsprevious_lingers_under_its_label() -> None:
    world = World()
    stages: dict[str, set[str]] = {OLD: {Stage.PREVIOUS}, PENDING: {Stage.CURRENT}}
    world.versions = Binary(world.versions.values, stages, binary=(OLD,))
    lingering = world.run(Step.FINISH_SECRET).lingering
    assert lingering is not None
    assert lingering.found == f"In the AWSPREVIOUS version: {BINARY}"


@pytest.mark.parametrize("step", [Step.SET_SECRET, Step.FINISH_SECRET])
def test_in_a_rotation_a_value_of_awspending_is_awspendings(step: Step) -> None:
    world = World()
    world.versions.values[PENDING] = "{}"
    assert world.fails(step).found.startswith("In the AWSPENDING version: ")


def test_a_copy_that_does_not_log_in_is_awscurrents_key() -> None:
    world = World()
    world.user.one = None
    world.versions.values[PENDING] = world.versions.values[CURRENT]
    error = world.fails(Step.TEST_SECRET)
    assert error.reason == "CurrentKeyNotInstalled"
    assert error.found.startswith("Snowflake rejects AWSCURRENT's key SHA256:")
    assert "AWSPENDING" not in str(error)


def test_nothing_to_compare_with_is_no_copy() -> None:
    world = World()
    world.versions.values = {PENDING: "{}"}
    del world.versions.stages[CURRENT]
    assert world.fails(Step.TEST_SECRET).found.startswith("In the AWSPENDING version: ")
