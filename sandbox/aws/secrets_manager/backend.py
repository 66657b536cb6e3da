"""Versions, labels and rotation as AWS keeps them, on moto's storage.

Every method overridden here differs from moto 5.2.5 in a way a rotation
function can notice; the test of the same subject shows how and cites AWS. An
instance belongs to one server: moto's global backends are not touched.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from sandbox.aws.secrets_manager import errors, versions
from sandbox.aws.secrets_manager.answers import names
from sandbox.aws.secrets_manager.lookup import check_label_move
from sandbox.aws.secrets_manager.reading import ReadingBackend
from sandbox.aws.secrets_manager.rotation_run import ROTATION_STEPS, TEST_STEPS
from sandbox.aws.secrets_manager.schedule import Rules, check_rules

if TYPE_CHECKING:
    from moto.secretsmanager.models import FakeSecret

    from sandbox.aws.secrets_manager.rotation import Rotation

__all__ = ["AwsSecretsManagerBackend"]


class AwsSecretsManagerBackend(ReadingBackend):
    """Puts values, moves labels and rotates; call it while holding ``lock``.

    The switch is described at SecretsManagerServer.
    """

    require_rotation_token = False

    def note_creation(self, arn: str, version_id: str | None) -> None:
        """Complete what moto's CreateSecret did; ``version_id`` is None without a value."""
        secret = self.live_secret(arn)
        versions.touch(secret)
        if version_id is not None:
            secret.versions[version_id]["createdate"] = versions.now()
            self.events.label_moved(secret, versions.CURRENT, version_id)

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Add tags, which is a modification."""
        super().tag_resource(arn, tags)
        versions.touch(self.live_secret(arn))

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Take tags off, which is a modification."""
        super().untag_resource(arn, tag_keys)
        versions.touch(self.live_secret(arn))

    def put_secret_value(
        self,
        secret_id: str,
        secret_string: str | None,
        secret_binary: str | None,
        client_request_token: str,
        version_stages: list[str],
        rotation_token: str | None = None,
    ) -> str:
        """Store a value; the same value again is a no-op, another one is refused."""
        secret = self.live_secret(secret_id)
        value = versions.new_value(secret_string, secret_binary)
        if self.require_rotation_token:
            rotation = self.rotations.of(secret)
            self.rotations.check_rotation_token(rotation, client_request_token, rotation_token)
        self._store(secret, client_request_token, value, version_stages)
        stages = versions.labels(secret.versions[client_request_token])
        return json.dumps({**names(secret, client_request_token), "VersionStages": stages})

    def update_secret(
        self,
        secret_id: str,
        secret_string: str | None = None,
        secret_binary: str | None = None,
        client_request_token: str | None = None,
        kms_key_id: str | None = None,
        description: str | None = None,
    ) -> str:
        """Change the description or key; with a value, put it as AWSCURRENT as well."""
        secret = self.live_secret(secret_id)
        value = versions.new_value(secret_string, secret_binary)
        version_id = client_request_token or str(uuid.uuid4())
        if value:
            self._store(secret, version_id, value, [versions.CURRENT])
        kept = description or secret.description
        secret.update(kept, secret.tags, kms_key_id)
        versions.touch(secret)
        return json.dumps(names(secret, version_id if value else None))

    def update_secret_version_stage(
        self,
        secret_id: str,
        version_stage: str,
        remove_from_version_id: str | None,
        move_to_version_id: str | None,
    ) -> tuple[str, str]:
        """Move or remove a label, under the rules of the API reference."""
        secret = self.live_secret(secret_id)
        check_label_move(secret.versions, version_stage, remove_from_version_id, move_to_version_id)
        if move_to_version_id:
            self._attach(secret, version_stage, move_to_version_id)
        else:
            versions.detach(secret.versions, version_stage)
        versions.touch(secret)
        return secret.arn, secret.name

    def rotate_secret(
        self,
        secret_id: str,
        client_request_token: str | None = None,
        rotation_lambda_arn: str | None = None,
        rotation_rules: Rules | None = None,
        rotate_immediately: bool = True,  # noqa: FBT001, FBT002 - moto's signature
    ) -> str:
        """Start a rotation, or test its configuration; returns before that is over."""
        secret = self.live_secret(secret_id)
        rotation = self.rotations.of(secret)
        version_id = client_request_token or str(uuid.uuid4())
        function_arn = self.rotations.function_for(rotation, rotation_lambda_arn)
        check_rules(rotation_rules or {})
        if version_id not in rotation.version_ids:  # a repeated request starts nothing
            if version_id in secret.versions:
                raise errors.version_id_in_use(version_id, secret.arn)
            self.rotations.refuse_if_incomplete(rotation)
            rotation.configure(function_arn, rotation_rules)
            self._begin(rotation, version_id, rotate_immediately=rotate_immediately)
        return json.dumps(names(secret, version_id))

    def cancel_rotate_secret(self, secret_id: str) -> str:
        """Turn rotation off; AWSPENDING stays where it is (CancelRotateSecret)."""
        secret = self.live_secret(secret_id)
        rotation = self.rotations.of(secret)
        if rotation.function_arn is None:
            raise errors.no_rotation_function()
        rotation.enabled = False
        versions.touch(secret)
        return json.dumps(names(secret, rotation.incomplete_version_id))

    def _begin(self, rotation: Rotation, version_id: str, *, rotate_immediately: bool) -> None:
        secret = rotation.secret
        version = versions.new_version(version_id)
        if not rotate_immediately:
            current = versions.holder(secret.versions, versions.CURRENT)
            version |= versions.value_of(secret.versions.get(current or "", {}))
        secret.versions[version_id] = version
        versions.attach(secret.versions, versions.PENDING, version_id)
        versions.touch(secret)
        steps = ROTATION_STEPS if rotate_immediately else TEST_STEPS
        self.rotations.begin(rotation, version_id, steps)

    def _store(
        self, secret: FakeSecret, version_id: str, value: dict[str, str], labels: list[str]
    ) -> None:
        version = secret.versions.get(version_id)
        if version is not None and versions.has_value(version):
            if versions.value_of(version) != value:
                raise errors.version_id_in_use(version_id, secret.arn)
            return
        if version is None:
            version = secret.versions[version_id] = versions.new_version(version_id)
            # A version made by hand abandons the rotation in progress
            # (RotationAbandoned, "Log Secrets Manager events with CloudTrail").
            versions.detach(secret.versions, versions.PENDING)
        version |= value
        is_first = versions.holder(secret.versions, versions.CURRENT) is None
        for label in [*labels, *([versions.CURRENT] if is_first else [])]:
            self._attach(secret, label, version_id)
        versions.touch(secret)

    def _attach(self, secret: FakeSecret, label: str, version_id: str) -> None:
        if versions.holder(secret.versions, label) != version_id:
            self.events.label_moved(secret, label, version_id)
        versions.attach(secret.versions, label, version_id)
        secret.set_default_version_id(versions.holder(secret.versions, versions.CURRENT))
        # Not so for a label put by hand: recorded against AWS,
        # test_update_secret_version_stages_current_pending.
        from_rotation = version_id in self.rotations.of(secret).version_ids
        promoted = label == versions.CURRENT and from_rotation
        if promoted and self.rotations.after_promotion is versions.AfterPromotion.GONE_IN_THE_CALL:
            versions.detach_from(secret.versions[version_id], versions.PENDING)
