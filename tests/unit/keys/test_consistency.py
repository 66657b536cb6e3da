"""A private key with any part damaged is refused by name, before anything is signed with it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import lcm

import pytest
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from rotation.errors.secret import KeyTooShort, UnreadableKey
from rotation.keys import consistency, pair
from tests.shared import keys


@asn1.sequence
@dataclass(frozen=True)
class Parts:
    """RSAPrivateKey of RFC 8017, appendix A.1.2."""

    version: int
    n: int
    e: int
    d: int
    p: int
    q: int
    dmp1: int
    dmq1: int
    iqmp: int


def parts_of(name: str) -> Parts:
    own = keys.key(name).private_numbers()
    public = own.public_numbers
    return Parts(0, public.n, public.e, own.d, own.p, own.q, own.dmp1, own.dmq1, own.iqmp)


def built(p: int, q: int, e: int = 65537) -> Parts:
    """Make every other part fit these two factors."""
    d = pow(e, -1, lcm(p - 1, q - 1))
    return Parts(0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))


def read(parts: Parts) -> RSAPrivateKey:
    return pair.read_private_key(base64.b64encode(asn1.encode_der(parts)).decode())


SOUND, OTHER = parts_of("current"), parts_of("pending")
PARTS = ("n", "e", "d", "p", "q", "dmp1", "dmq1", "iqmp")
DAMAGES: dict[str, Callable[[int], int]] = {
    "a little more": lambda number: number + 2,
    "one more": lambda number: number + 1,
    "one bit of it": lambda number: number ^ (1 << number.bit_length() // 2),
    "cut": lambda number: number >> 8,
    "zero": lambda _: 0,
    "one": lambda _: 1,
    "negative": lambda number: -number,
    "its double": lambda number: 2 * number,
}


def test_a_sound_key_is_read() -> None:
    assert read(SOUND).private_numbers() == keys.key("current").private_numbers()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("part", PARTS)
def test_a_key_with_one_part_damaged_is_refused_by_name(part: str, damage: str) -> None:
    damaged = replace(SOUND, **{part: DAMAGES[damage](getattr(SOUND, part))})
    with pytest.raises((UnreadableKey, KeyTooShort)):
        read(damaged)


@pytest.mark.parametrize("part", PARTS[:1] + PARTS[2:])
def test_a_key_with_one_part_of_another_key_is_refused(part: str) -> None:
    with pytest.raises(UnreadableKey, match="privateKey is damaged: "):
        read(replace(SOUND, **{part: getattr(OTHER, part)}))


def test_factors_that_changed_places_are_refused() -> None:
    with pytest.raises(UnreadableKey, match="its exponent for the first factor is wrong"):
        read(replace(SOUND, p=SOUND.q, q=SOUND.p))


def test_a_factor_that_is_not_prime_is_refused_by_its_signature() -> None:
    """All of its arithmetic holds: this is what a primality test would have caught."""
    composite = built(SOUND.p, OTHER.p * OTHER.q)
    with pytest.raises(UnreadableKey, match="its public half does not verify what it signs"):
        read(composite)


def test_other_exponents_that_fit_are_taken() -> None:
    """FIPS 186-5 has d below lcm(p-1, q-1); many writers have it below (p-1)(q-1)."""
    larger = SOUND.d + lcm(SOUND.p - 1, SOUND.q - 1)
    assert read(replace(SOUND, d=larger)).key_size == 2048
    assert read(built(SOUND.p, SOUND.q, e=257)).public_key().public_numbers().e == 257


def test_each_check_is_the_first_to_find_something() -> None:
    """A check that never decides could be left out."""
    found = set()
    for damaged in [
        replace(SOUND, e=SOUND.e + 1),
        replace(SOUND, p=1, q=SOUND.n),
        replace(SOUND, n=SOUND.n + 2),
        replace(SOUND, d=SOUND.d + 2),
        replace(SOUND, dmp1=SOUND.dmp1 + 2),
        replace(SOUND, dmq1=SOUND.dmq1 + 2),
        replace(SOUND, iqmp=SOUND.iqmp + 2),
    ]:
        with pytest.raises(UnreadableKey) as caught:
            read(damaged)
        found |= {what for what, _ in consistency._ARITHMETIC if what in caught.value.found}
    assert found == {what for what, _ in consistency._ARITHMETIC}


def test_nothing_is_signed_before_the_arithmetic_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signature with a damaged part can give the factors away."""

    def refuse(_: RSAPrivateKey) -> bool:
        raise AssertionError("a damaged key signed")

    monkeypatch.setattr(consistency, "_verifies", refuse)
    for part in PARTS[2:]:
        with pytest.raises(UnreadableKey):
            read(replace(SOUND, **{part: getattr(SOUND, part) + 2}))
