"""The reading operations on moto's storage, answered as AWS answers them."""

from __future__ import annotations

import threading
import time
from typing import Any

from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from sandbox.aws.secrets_manager import errors, versions
from sandbox.aws.secrets_manager.answers import (
    description,
    list_entry,
    names,
    read_version,
    version_page,
)
from sandbox.aws.secrets_manager.events import Events
from sandbox.aws.secrets_manager.lookup import version_asked_for
from sandbox.aws.secrets_manager.rotations import Rotations

__all__ = ["ReadingBackend"]

SECONDS_PER_DAY = 86_400


class ReadingBackend(SecretsManagerBackend):
    """Finds secrets and versions; call it while holding ``lock``."""

    list_page_size = 100

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.rotations = Rotations(self.lock)
        self.events = Events()
        self.replicas: dict[str, dict[str, str]] = {}

    def live_secret(self, secret_id: str) -> FakeSecret:
        """Return the secret by name or ARN; raises if it is unknown or deleted."""
        if secret_id not in self.secrets:
            raise errors.no_such_secret()
        secret = self.secrets[secret_id]
        if not isinstance(secret, FakeSecret):
            raise NotImplementedError("replica secrets are not part of this sandbox")
        if secret.is_deleted():
            raise errors.secret_is_deleted()
        return secret

    def get_secret_value(
        self, secret_id: str, version_id: str | None, version_stage: str | None
    ) -> dict[str, Any]:
        """Return a version's value, the one AWSCURRENT is on now by default.

        A version without labels can be read by its id; a rotation's empty
        version is not found, as "DescribeSecret" tells to expect.
        """
        secret = self.live_secret(secret_id)
        version = version_asked_for(secret.versions, version_id or None, version_stage or None)
        version["last_accessed"] = int(time.time()) // SECONDS_PER_DAY * SECONDS_PER_DAY
        return read_version(secret, version)

    def describe_secret(self, secret_id: str) -> FakeSecret:
        """Return moto's object; ``described`` is what AWS answers."""
        secret = self.secrets.get(secret_id)
        if not isinstance(secret, FakeSecret):
            raise errors.no_such_secret()
        return secret

    def described(self, secret_id: str) -> dict[str, Any]:
        """Return what DescribeSecret answers; deleted secrets can be described."""
        secret = self.describe_secret(secret_id)
        replicas = self.replicas.get(secret.arn, {})
        return description(secret, self.rotations.of(secret), replicas)

    def list_secrets(
        self,
        filters: list[dict[str, Any]],
        max_results: int | None = None,
        next_token: str | None = None,
        include_planned_deletion: bool = False,  # noqa: FBT001, FBT002 - moto's signature
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return moto's selection in AWS's shape, in pages of ``list_page_size`` at most.

        MaxResults is an upper limit: "there's more output available than what is included in
        the current response … even when the response includes no values at all" (ListSecrets
        reference).
        """
        size = min(max_results or self.list_page_size, self.list_page_size)
        page, next_token = super().list_secrets(filters, size, next_token, include_planned_deletion)
        return [list_entry(self.described(found["ARN"])) for found in page], next_token

    def version_page(
        self, secret_id: str, *, include_deprecated: bool, max_results: int, next_token: str | None
    ) -> dict[str, Any]:
        """Return what ListSecretVersionIds answers."""
        secret = self.live_secret(secret_id)
        listed = [
            version
            for version in secret.versions.values()
            if versions.has_value(version) and (include_deprecated or version["version_stages"])
        ]
        return {**names(secret), **version_page(listed, max_results, next_token)}
