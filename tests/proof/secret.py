"""A secret as Secrets Manager keeps it, in memory. Implements ``ports.SecretVersions``.

The rules are those of sandbox/aws/secrets_manager, which cites AWS's pages for each.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rotation.errors.aws_answers import SecretsManagerError
from rotation.rules.vouching import is_voucher
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Sensitive,
    Stage,
)
from tests.proof import keypool
from tests.proof.after_promotion import AfterPromotion
from tests.proof.cloning import changed
from tests.proof.writes import a_write

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def _labelled(versions: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {version: labels for version, labels in versions.items() if labels}


@dataclass(frozen=True)
class Version:
    """A version's value, None while it is empty, and its labels."""

    value: str | None = None
    labels: frozenset[str] = frozenset()


@dataclass
class Secret:
    """One secret.

    ``token_of`` maps a version to the key pairs that were ever put under its id; ``ever_ours``
    holds every key that any version ever held. ``planted`` are those that somebody put there who
    may write and not read. ``changes`` counts what was changed;
    ``before`` is all as it was before the last write.
    """

    name: str
    user: str
    versions: dict[str, Version] = field(default_factory=dict)
    rotation_enabled: bool = True
    rotation_tokens: frozenset[str] = frozenset()
    ever_ours: frozenset[Fingerprint] = frozenset()
    planted: frozenset[Fingerprint] = frozenset()
    after_promotion: AfterPromotion = AfterPromotion.STAYS
    offered: tuple[tuple[str, Fingerprint], ...] = ()
    changes: int = 0
    before: "Secret | None" = field(default=None, repr=False)

    def clone(self) -> "Secret":
        return changed(self, versions=dict(self.versions))

    def state(self) -> tuple[object, ...]:
        """Return all that can make a difference later, to compare states."""
        return (tuple(self.versions.items()), self.rotation_enabled, self.rotation_tokens)

    # --- the port ---------------------------------------------------------------------------

    def labels(self) -> SecretLabels:
        vouchers = {v: frozenset(filter(is_voucher, o.labels)) for v, o in self.versions.items()}
        others = {v: one.labels - vouchers[v] for v, one in self.versions.items()}
        return SecretLabels(self.rotation_enabled, _labelled(others), vouchers=_labelled(vouchers))

    def read(self, version_id: str) -> Sensitive[str] | None:
        version = self.versions.get(version_id)
        return None if version is None or version.value is None else Sensitive(version.value)

    def fill_pending(
        self,
        version_id: str,
        value: Sensitive[str],
        rotation_token: Sensitive[str] | None,
        voucher: str | None,
    ) -> bool:
        if rotation_token is None:
            raise SecretsManagerError("PutSecretValue was answered with AccessDeniedException.")
        held = self.versions.get(version_id, Version())
        made = keypool.fingerprint_of_secret(value.reveal())
        if made and (version_id, made) not in self.offered:
            self.offered += ((version_id, made),)
        if held.value is not None:
            return held.value == value.reveal()
        self.put(version_id, value.reveal(), Stage.PENDING, *((voucher,) if voucher else ()))
        return True

    def remove_label(self, version_id: str, label: str) -> None:
        self.require(version_id)
        if label not in self.versions[version_id].labels:
            raise SecretsManagerError(
                "UpdateSecretVersionStage was answered with InvalidParameterException."
            )
        self.detach(label)

    def promote(self, version_id: str, *, instead_of: str) -> None:
        self.require(version_id, instead_of)
        if Stage.CURRENT not in self.versions[instead_of].labels:
            raise SecretsManagerError(
                "UpdateSecretVersionStage was answered with InvalidParameterException."
            )
        self.attach(Stage.CURRENT, version_id)

    def version_dates(self) -> dict[str, datetime]:
        return {v: BEGINNING + timedelta(days=n) for n, v in enumerate(self.versions)}

    # --- what AWS does, for the service and for persons -------------------------------------

    def require(self, *version_ids: str) -> None:
        if not set(version_ids) <= set(self.versions):
            raise SecretsManagerError("Secrets Manager can't find the version.")

    def holder(self, stage: str) -> str | None:
        return next((v for v, one in self.versions.items() if stage in one.labels), None)

    @a_write
    def put(self, version_id: str, value: str, *stages: str) -> None:
        """PutSecretValue: a version made by hand abandons the rotation in progress."""
        self.changes += 1
        if version_id not in self.versions:
            self.detach(Stage.PENDING)
        labels = self.versions.get(version_id, Version()).labels
        self.versions[version_id] = Version(value, labels)
        if held := keypool.fingerprint_of_secret(value):
            self.ever_ours |= {held}
        for stage in stages:
            self.attach(stage, version_id)

    @a_write
    def attach(self, stage: str, version_id: str) -> None:
        """Put a label on a version, off any other; AWSPREVIOUS follows AWSCURRENT."""
        before = self.holder(stage)
        if before != version_id:
            self.changes += 1
            self.detach(stage)
            self._relabel(version_id, add=stage)
            if stage == Stage.CURRENT and before is not None:
                self.attach(Stage.PREVIOUS, before)
        if stage == Stage.CURRENT and version_id in self.rotation_tokens:
            self.let_pending(self.after_promotion)

    @a_write
    def detach(self, stage: str) -> None:
        if version_id := self.holder(stage):
            self.changes += 1
            self._relabel(version_id, drop=stage)

    def let_pending(self, after: AfterPromotion) -> None:
        """AWS does so with AWSPENDING from now on, and did so with the latest promotion."""
        self.after_promotion = after
        pending = self.holder(Stage.PENDING)
        gone = after is AfterPromotion.GONE_IN_THE_CALL
        if gone and pending and pending == self.holder(Stage.CURRENT):
            self._relabel(pending, drop=Stage.PENDING)

    @a_write
    def begin_version(self, version_id: str) -> None:
        """RotateSecret: an empty version with AWSPENDING."""
        self.changes += 1
        self.versions[version_id] = Version()
        self.rotation_tokens |= {version_id}
        self.attach(Stage.PENDING, version_id)

    def completed(self) -> None:
        """The service has seen finishSecret succeed."""
        waiting = self.holder(Stage.PENDING)
        gone = self.after_promotion is AfterPromotion.GONE_WHEN_COMPLETE
        if gone and waiting == self.holder(Stage.CURRENT):
            self.detach(Stage.PENDING)

    def touch(self) -> None:
        """Somebody modifies what is no version: see dated_secret.py."""

    def forget_deprecated(self) -> None:
        """AWS deletes versions without a label after a while."""
        self.changes += 1
        self.versions = {v: one for v, one in self.versions.items() if one.labels}

    def _relabel(self, version_id: str, *, add: str | None = None, drop: str | None = None) -> None:
        held = self.versions[version_id]
        labels = (held.labels | ({str(add)} if add else set())) - ({str(drop)} if drop else set())
        self.versions[version_id] = changed(held, labels=labels)

    # --- what the proof asks ----------------------------------------------------------------

    def fingerprint_with(self, stage: Stage) -> Fingerprint | None:
        version_id = self.holder(stage)
        value = self.versions[version_id].value if version_id else None
        return keypool.fingerprint_of_secret(value) if value else None

    def kept_keys(self) -> set[Fingerprint | None]:
        """Return the keys that versions hold now; AWS may have deleted others."""
        return {keypool.fingerprint_of_secret(one.value or "") for one in self.versions.values()}

    def current_user(self) -> str | None:
        """Return the user that AWSCURRENT names."""
        version_id = self.holder(Stage.CURRENT)
        value = self.versions[version_id].value if version_id else None
        return keypool.user_of_secret(value) if value else None
