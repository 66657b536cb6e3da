"""The retirement function, and what a person asks of it."""

from rotation.errors.base import RotationError


class SecretNotAttached(RotationError):
    """The secret does not name the rotation function, or does not exist."""

    remedy = (
        "Check the secret's name. `aws secretsmanager describe-secret` shows the rotation "
        "function that it names."
    )


class RotationFunctionFailed(RotationError):
    """The rotation function could not look at a user's keys, or could not retire one.

    ``code`` is its own error's class, or None when it gave none.
    """

    untouched = "What it had done before stays done; its log has a line with the reason."
    remedy = "Go on at the heading of that reason in docs/runbook.md."

    def __init__(
        self, found: str, *, code: str | None = None, untouched: str = "", remedy: str = ""
    ) -> None:
        self.code = code
        super().__init__(found, untouched=untouched, remedy=remedy)


class RotationNotFinished(RotationError):
    """A rotation was asked for, and AWSCURRENT has not moved in time."""

    untouched = "The key in AWSCURRENT is still installed."
    remedy = (
        "Look at the rotation function's log for the reason and mend it. If there was no attempt, "
        "remove AWSPENDING from the version of the rotation that is incomplete. Then give the "
        "same command again."
    )


class LeakedKeyStays(RotationError):
    """The key that leaked was replaced, and is still in its slot: nothing vouches that it is ours.

    The version that held it can't be read any more, or another version holds it, too.
    """

    untouched = "AWSCURRENT holds a new key, and the services were rolled; the slot was left alone."
    remedy = (
        "An administrator unsets that slot now: ALTER USER … UNSET RSA_PUBLIC_KEY (or "
        "RSA_PUBLIC_KEY_2)."
    )


class RolloutNotStarted(RotationError):
    """The new deployment of a service could not be begun."""

    untouched = "The services that are not named were rolled; no key was retired."
    remedy = (
        "The retirement function tries again at its next run. To roll a service yourself: `aws "
        "ecs update-service --force-new-deployment`."
    )
