"""Which accounts and users a secret may name: patterns from the stack, fixed beforehand.

What is compared is the text of the secret's ``account`` and ``user``, whole and as it stands;
nothing is looked up and nothing is rewritten first. An account can be written in several ways
(``MYORG-MY_ACC`` and ``myorg-my-acc`` are one account, and so may be a locator with its
region): a pattern allows the spellings that it matches, and another spelling is refused, never
let through. ``user`` is the name to log in with, Snowflake's LOGIN_NAME.
https://docs.snowflake.com/en/user-guide/admin-account-identifier

Begin an account's pattern with the organization: ``*-PROD`` matches every organization's.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from string import ascii_lowercase, ascii_uppercase

from rotation.errors.secret import IdentityChanged, IdentityNotAllowed, KeyNotRenewed
from rotation.rules.decision import Refuse
from rotation.rules.words import Fingerprint

# ASCII only: str.lower and str.casefold make other letters equal to ASCII ones, such as the
# Kelvin sign and k, and a name that merely looks alike would pass.
_WITHOUT_CASE = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True)
class NamePatterns:
    """Names with ``*`` for any characters and ``?`` for one; every other character is literal.

    No pattern at all allows no name.
    """

    patterns: tuple[str, ...] = ()

    def allow(self, name: str) -> bool:
        """Tell whether a pattern matches the whole name; ASCII letters match without case."""
        folded = name.translate(_WITHOUT_CASE)
        return any(fnmatchcase(folded, _literal_brackets(one)) for one in self.patterns)

    def __str__(self) -> str:
        """Show the patterns as they are written in the setting."""
        return ",".join(self.patterns)


@dataclass(frozen=True)
class AllowedIdentities:
    """What ``account`` and ``user`` of a secret have to match. Allows nothing by default."""

    accounts: NamePatterns = NamePatterns()
    users: NamePatterns = NamePatterns()


def check_allowed(
    identity: tuple[str, str], allowed: AllowedIdentities, shown: tuple[str, str]
) -> Refuse | None:
    """Refuse an account or user that the stack does not allow. ``shown`` is what to say of them.

    Whoever edits a secret could otherwise send the function's logins to an account of theirs,
    or have another user's keys replaced.
    """
    account, user = identity
    if not allowed.accounts.allow(account):
        setting = f"ALLOWED_SNOWFLAKE_ACCOUNTS ({allowed.accounts})"
        return Refuse(IdentityNotAllowed(f"Account {shown[0]} matches nothing in {setting}."))
    if not allowed.users.allow(user):
        setting = f"ALLOWED_USERS ({allowed.users})"
        return Refuse(IdentityNotAllowed(f"User {shown[1]} matches nothing in {setting}."))
    return None


def check_identity(current: tuple[str, str], pending: tuple[str, str]) -> Refuse | None:
    """Refuse when account or user differ between AWSCURRENT and AWSPENDING.

    A rotator that followed an edited secret would hand a new key to whoever is named there.
    """
    if current == pending:
        return None
    changed = [
        name
        for name, before, after in zip(("account", "user"), current, pending, strict=True)
        if before != after
    ]
    return Refuse(IdentityChanged(f"AWSPENDING and AWSCURRENT differ in {' and '.join(changed)}."))


def check_renewal(
    current: tuple[str, str],
    pending: tuple[str, str],
    *,
    old: Fingerprint | None,
    new: Fingerprint,
) -> Refuse | None:
    """Refuse another identity, then a key that is no new one. ``old`` is None before the first."""
    return check_identity(current, pending) or check_new(old, new)


def check_new(current: Fingerprint | None, pending: Fingerprint) -> Refuse | None:
    """Refuse a pending version that holds the current key: promoting it would renew nothing."""
    if pending != current:
        return None
    return Refuse(KeyNotRenewed(f"AWSPENDING holds the same key as AWSCURRENT, {current}."))


def _literal_brackets(pattern: str) -> str:
    # fnmatch reads [ab] as a set; [[] is a set of the bracket alone.
    return pattern.translate(_WITHOUT_CASE).replace("[", "[[]")
