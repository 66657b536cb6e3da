"""Which names a pattern allows: globs without case, and nothing else is special."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotation.rules.who import AllowedIdentities, NamePatterns

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
