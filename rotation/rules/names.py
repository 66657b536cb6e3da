"""Which texts of a secret may be shown: those that look like the name of an account or a user.

A person who types a passphrase or a key into the wrong field should not find it in a log. What
doesn't look like a name is told of without being quoted, though it may be one: a user's name may
hold anything. A passphrase of one plain word can't be told from a name.
"""

import re
from collections.abc import Collection
from itertools import pairwise

NOT_SHOWN = "(not shown: it doesn't look like a name)"
_LONGEST = 80
# Words of letters and digits, joined by one of these; an e-mail address has its own form.
_WORDS = re.compile(r"[^\W_]+(?:(?:[.-]|_+)[^\W_]+){0,7}")
_ADDRESS = re.compile(r"(?P<who>[^@]+)@(?P<where>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
# Random text goes from small to capital letters, and from letters to digits, at every other
# character; a name does so at the beginning of a word, or of a number at its end.
_CHARACTERS_A_SWITCH = 5.5
_ALWAYS_ALLOWED = 2


def shown(text: str, *, elsewhere: Collection[object]) -> str:
    """Return a name in quotes, and in place of any other text the words NOT_SHOWN.

    ``elsewhere`` are the values of the secret's other fields: one that stands there as well is
    not shown.
    """
    return repr(text) if looks_like_a_name(text) and text not in elsewhere else NOT_SHOWN


def looks_like_a_name(text: str) -> bool:
    """Tell whether a text could be an account identifier or a user's name, and is not random."""
    if len(text) > _LONGEST:
        return False
    address = _ADDRESS.fullmatch(text)
    words = address["who"] if address else text
    if not _WORDS.fullmatch(words):
        return False
    return all(_is_a_word(word) for word in re.split(r"[._-]", words))


def _is_a_word(word: str) -> bool:
    kinds = [(char.isdigit(), char.isupper()) for char in word]
    # From a capital to a small letter is how a word begins.
    switches = sum(
        before != after and not (before[1] and not after[0]) for before, after in pairwise(kinds)
    )
    return switches <= max(_ALWAYS_ALLOWED, len(word) / _CHARACTERS_A_SWITCH)
