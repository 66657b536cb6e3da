"""Which names a pattern allows: globs without case, and nothing else is special."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotation.errors.secret import IdentityChanged, IdentityNotAllowed, KeyNotRenewed
from rotation.rules import who
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.rules.words import Fingerprint

CURRENT, PENDING = Fingerprint("SHA256:current"), Fingerprint("SHA256:pending")
ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("patterns", "name", "allowed", "case"),
    [
        ("MYORG-ACC", "MYORG-ACC", True, "the same name"),
        ("MYORG-ACC", "myorg-acc", True, "in another case"),
        ("myorg-acc", "MYORG-ACC", True, "the pattern in another case"),
        ("MYORG-*", "MYORG-ACC", True, "a star for some characters"),
        ("MYORG-*", "MYORG-", True, "a star for none"),
        ("*", "anything.at.all", True, "a star for everything"),
        ("SVC_?", "SVC_A", True, "a question mark for one"),
        ("A,SVC_B", "svc_b", True, "the second of two"),
        ("SVC_?", "SVC_", False, "a question mark needs one"),
        ("SVC_?", "SVC_AB", False, "and takes one only"),
        ("MYORG-ACC", "MYORG-ACC2", False, "the end counts"),
        ("ACC", "MYORG-ACC", False, "the beginning counts"),
        ("MYORG-*", "EVIL-MYORG-X", False, "no search within the name"),
        ("MYORG-ACC", "MYORG_ACC", False, "another spelling of the separator"),
        ("MYORG-MY_ACC", "MYORG-MY-ACC", False, "another spelling of the same account"),
        ("MYORG-ACC", "MYORG-ACC.privatelink", False, "another host of the same account"),
        ("MYORG-*", "MYORG.evil-x", False, "a dot is not a hyphen"),
        ("MYORG.ACC", "MYORG-ACC", False, "a dot is a dot"),
        ("SVC[AB]", "SVCA", False, "brackets are no set"),
        ("SVC[AB]", "svc[ab]", True, "they are themselves"),
        ("SVC[!A]", "SVC[!A]", True, "also with an exclamation mark"),
        ("[", "[", True, "a bracket alone"),
        ("A]", "A]", True, "a closing one alone"),
        ("SVC\\A", "SVC\\A", True, "a backslash is itself"),
        ("SVC\\*", "SVC*", False, "and escapes nothing"),
        (".*", "SVC_A", False, "no regular expression"),
        ("SVC_(A|B)", "SVC_A", False, "none either"),
        ("SVC_A$", "SVC_A", False, "nor an anchor"),
        ("SVC_A", "SVC_A\n", False, "a line's end counts"),
        ("SVC_*", "\N{LATIN SMALL LETTER LONG S}VC_A", False, "a long s is no s"),
        ("K", "\N{KELVIN SIGN}", False, "a Kelvin sign is no k"),
        ("STRASSE", "STRAßE", False, "a sharp s is no two"),
        ("SVC_Ü", "SVC_Ü", True, "other letters are themselves"),
        ("SVC_Ü", "SVC_ü", False, "in their own case only"),
    ],
)
def test_a_pattern_allows(patterns: str, name: str, allowed: bool, case: str) -> None:  # noqa: FBT001
    assert NamePatterns(tuple(patterns.split(","))).allow(name) is allowed, case


def test_nothing_is_allowed_without_a_pattern() -> None:
    assert not AllowedIdentities().accounts.allow("MYORG-ACC")
    assert not AllowedIdentities().users.allow("")


@given(pattern=ASCII, name=ASCII)
def test_a_pattern_without_wildcards_allows_itself_alone(pattern: str, name: str) -> None:
    literal = pattern.replace("*", "").replace("?", "")
    assert NamePatterns((literal,)).allow(literal.swapcase())
    assert NamePatterns((literal,)).allow(name) is (name.lower() == literal.lower())


def test_many_stars_are_matched_in_no_time() -> None:
    assert not NamePatterns(("*a" * 40 + "b",)).allow("a" * 255)


@pytest.mark.parametrize(
    ("pending", "named"),
    [
        (("ACCT", "ADMIN"), "user"),
        (("OTHER", "SVC"), "account"),
        (("ACCT", "svc"), "user"),
        (("OTHER", "ADMIN"), "account and user"),
    ],
)
def test_a_changed_identity_is_refused(pending: tuple[str, str], named: str) -> None:
    refusal = who.check_identity(("ACCT", "SVC"), pending)
    assert refusal is not None
    assert isinstance(refusal.error, IdentityChanged)
    assert f"differ in {named}." in str(refusal.error)


ALLOWED = AllowedIdentities(NamePatterns(("MYORG-*",)), NamePatterns(("SVC_*", "DEPLOY")))


@pytest.mark.parametrize("identity", [("MYORG-PROD", "SVC_A"), ("myorg-dev", "deploy")])
def test_an_identity_that_the_stack_allows_is_accepted(identity: tuple[str, str]) -> None:
    assert who.check_allowed(identity, ALLOWED, (repr(identity[0]), repr(identity[1]))) is None


@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (("EVIL-PROD", "SVC_A"), "Account 'EVIL-PROD' matches nothing in ALLOWED_SNOWFLAKE_ACC"),
        (("MYORG-PROD", "ADMIN"), "User 'ADMIN' matches nothing in ALLOWED_USERS (SVC_*,DEPLOY)."),
        (("MYORG-PROD", "DEPLOY2"), "User 'DEPLOY2' matches nothing"),
        (("EVIL-PROD", "ADMIN"), "Account 'EVIL-PROD'"),
    ],
)
def test_an_identity_that_the_stack_does_not_allow_is_refused(
    identity: tuple[str, str], found: str
) -> None:
    refusal = who.check_allowed(identity, ALLOWED, (repr(identity[0]), repr(identity[1])))
    assert refusal is not None
    assert isinstance(refusal.error, IdentityNotAllowed)
    assert str(refusal.error).startswith(found)


def test_a_pending_key_must_be_a_new_one() -> None:
    refusal = who.check_new(CURRENT, CURRENT)
    assert refusal is not None
    assert isinstance(refusal.error, KeyNotRenewed)
    assert CURRENT in str(refusal.error)
    assert who.check_new(CURRENT, PENDING) is None


def test_the_same_identity_is_accepted() -> None:
    assert who.check_identity(("ACCT", "SVC"), ("ACCT", "SVC")) is None
