"""May this version be rotated? Decided from the secret's labels alone.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

from dataclasses import dataclass

from rotation.errors.secret import RotationNotEnabled, UnknownVersion, VersionNotPending
from rotation.errors.slots import Overtaken
from rotation.rules.decision import Refuse, Rule, decide
from rotation.rules.words import SecretLabels, Stage


@dataclass(frozen=True)
class Rotate:
    """The version carries AWSPENDING: do the step."""


@dataclass(frozen=True)
class AlreadyPromoted:
    """The version is AWSCURRENT: only what finishSecret may have left is to be done."""


@dataclass(frozen=True)
class Asked:
    """The labels, and the version that the event names."""

    labels: SecretLabels
    version_id: str

    @property
    def stages(self) -> frozenset[str]:
        """The labels of that version."""
        return self.labels.versions.get(self.version_id, frozenset())


Answer = Rotate | AlreadyPromoted | Refuse


def _switched_off(asked: Asked) -> Answer | None:
    if asked.labels.rotation_enabled:
        return None
    return Refuse(RotationNotEnabled("Rotation is not enabled for this secret."))


def _unknown(asked: Asked) -> Answer | None:
    if asked.version_id in asked.labels.versions:
        return None
    return Refuse(UnknownVersion(f"The secret has no labelled version {asked.version_id}."))


def _current(asked: Asked) -> Answer | None:
    return AlreadyPromoted() if Stage.CURRENT in asked.stages else None


def _pending(asked: Asked) -> Answer | None:
    return Rotate() if Stage.PENDING in asked.stages else None


def _neither(asked: Asked) -> Answer | None:
    found = ", ".join(sorted(asked.stages)) or "no label"
    return Refuse(VersionNotPending(f"Version {asked.version_id} has {found}, not AWSPENDING."))


# AWSCURRENT counts before AWSPENDING, which may linger beside it.
RULES: tuple[Rule[Asked, Answer], ...] = (
    Rule("rotation is off", _switched_off),
    Rule("the version has no label", _unknown),
    Rule("it has AWSCURRENT", _current),
    Rule("it has AWSPENDING", _pending),
    Rule("it has neither", _neither),
)


def check_labels(labels: SecretLabels, version_id: str) -> Answer:
    """Decide what may be done with the version that the event names."""
    return decide(RULES, Asked(labels, version_id))


def check_still_current(labels_now: SecretLabels, version_id: str) -> Refuse | None:
    """Refuse to unset the old key when AWSCURRENT was moved away since it was promoted."""
    if labels_now.version_with(Stage.CURRENT) == version_id:
        return None
    return Refuse(Overtaken("AWSCURRENT was moved to another version during this step."))
