"""What a user's slots hold, and what keeps a step from changing them."""

from typing import ClassVar

from rotation.errors.base import RotationError


class CurrentKeyNotInstalled(RotationError):
    """The key in AWSCURRENT is in neither slot, or rejected: consumers can't log in with it.

    Where it was rejected nobody has seen the slots, and most accounts answer 390144 to every
    fault of a login: then ``slots_not_seen`` is the remedy.
    """

    untouched = "No slot was changed."
    slots_not_seen: ClassVar[str] = (
        "Change nothing before you know the cause. Make sure that account and user in the secret "
        "are the intended ones. Then look whether DESC USER shows this fingerprint in a slot. If "
        "it does, the cause is another: `user` is not the user's LOGIN_NAME, `account` is written "
        "in another form than Snowflake's, or the function's clock is wrong. If it does not, the "
        "runbook tells under CurrentKeyNotInstalled what to do."
    )
    remedy = (
        "First make sure that account and user in the secret are the intended ones: whoever "
        "edited them may be waiting for the next sentence. Then an administrator installs the "
        "secret's public key (ALTER USER … SET RSA_PUBLIC_KEY or RSA_PUBLIC_KEY_2) in an empty "
        "slot, or in place of a key that nobody needs; rotate again."
    )


class ForeignKey(RotationError):
    """The slot that the new key needs holds a key that no version of this secret holds."""

    untouched = "The key was left in place and nothing was changed in Snowflake."
    remedy = (
        "Find whose key it is; a version of the secret that can't be read vouches for none. When "
        "nobody needs it, an administrator unsets that slot; then rotate again."
    )


class NamedKeyPairStays(RotationError):
    """The key before AWSCURRENT's is a named key pair, which this function does not change."""

    untouched = "AWSCURRENT holds the new key. Nothing was changed in Snowflake."
    remedy = (
        "While SHOW USER KEY PAIRS FOR USER … shows that key, it opens the door. When nobody needs "
        "it any more, an administrator removes it: ALTER USER … REMOVE KEY PAIR …."
    )


class PreviousKeyInGrace(RotationError):
    """The slot that the new key needs holds the key before AWSCURRENT's, which tasks may hold."""

    untouched = "Nothing was changed in Snowflake. AWSPENDING waits with its key."
    remedy = (
        "Wait; if a replica failed, mend it. The retirement function unsets the key when its grace "
        "is over, and no task or replica needs it. Then rotate again."
    )


class PendingKeyNotInstalled(RotationError):
    """The key in AWSPENDING is in neither slot, or not accepted, when it should be."""

    untouched = "AWSCURRENT was not moved."
    remedy = "Rotate again: setSecret installs it."
    not_accepted: ClassVar[str] = (
        "Rotate again: setSecret installs it if it is in no slot. If it is in one, `user` is not "
        "the user's LOGIN_NAME, `account` is written in another form than Snowflake's, or the "
        "function's clock is wrong."
    )


class KeyNotStored(RotationError):
    """ALTER USER succeeded, but the slot read back holds something else."""

    untouched = "AWSCURRENT was not moved, and its slot was not touched."
    remedy = "Look for a second process that sets this user's keys, then rotate again."


class WrongUser(RotationError):
    """The login succeeded as another user than the secret's."""

    untouched = "AWSCURRENT was not moved."
    remedy = "Check `user` and `account` in the secret."


class Overtaken(RotationError):
    """Labels or slots changed while the step found out whose key it was about to replace."""

    untouched = "No slot was changed."
    remedy = (
        "Rotate again. If it repeats, look for a second process that rotates or sets this user's "
        "keys."
    )


class FirstKeyNeedsAdmin(RotationError):
    """The secret holds no key yet, and nobody is set up who could install one."""

    remedy = (
        "Set the stack's parameter RotationIdentity to AdminSecret or WorkloadIdentity, or store "
        "a privateKey in the secret whose public half is installed. Then rotate again. See "
        "docs/identities.md."
    )


class SlotsNotEmpty(RotationError):
    """The secret holds no key yet, but its user does: nothing tells whose key that is."""

    untouched = "The key was left in place and nothing was changed in Snowflake."
    remedy = (
        "Find whose key it is. When nobody needs it, an administrator unsets that slot; if its "
        "private half is known, store it in the secret instead. Then rotate again."
    )
