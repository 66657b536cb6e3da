"""Secrets Manager on 127.0.0.1, for the real boto3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sandbox.aws.json.clients import ACCESS_KEY, LocalClients
from sandbox.aws.secrets_manager import snapshot
from sandbox.aws.secrets_manager.ageing import grow_older
from sandbox.aws.secrets_manager.application import Application
from sandbox.aws.secrets_manager.backend import AwsSecretsManagerBackend
from sandbox.aws.secrets_manager.versions import AfterPromotion
from sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.config import Config
    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from sandbox.aws.secrets_manager.rotation_run import RotationOutcome
    from sandbox.aws.secrets_manager.snapshot import Snapshot

__all__ = ["SecretsManagerServer"]

ACCOUNT_ID = "123456789012"


class SecretsManagerServer(Server):
    """A Secrets Manager with no secret in it, until its ``with`` block ends.

    ``after_promotion``: what becomes of AWSPENDING on a rotated version that becomes AWSCURRENT.
    ``require_rotation_token``: refuse to fill the pending version without the
    event's RotationToken, as for a function with an assumed role.
    ``list_page_size``: the most that ListSecrets puts in a page, whatever was asked for.
    """

    def __init__(
        self,
        region: str = "eu-west-1",
        *,
        after_promotion: AfterPromotion = AfterPromotion.STAYS,
        require_rotation_token: bool = False,
        list_page_size: int = 100,
    ) -> None:
        self.region = region
        self._backend = AwsSecretsManagerBackend(region, ACCOUNT_ID)
        self._backend.rotations.after_promotion = after_promotion
        self._backend.require_rotation_token = require_rotation_token
        self._backend.list_page_size = list_page_size
        application = Application(self._backend)
        self._stale = application.stale
        super().__init__(application)
        self._clients = LocalClients("secretsmanager", region)

    def environment(self) -> dict[str, str]:
        """Return the variables with which any AWS SDK or CLI talks to this server."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            **ACCESS_KEY,
            "NO_PROXY": "127.0.0.1",
        }

    def client(self, config: Config | None = None) -> SecretsManagerClient:
        """Return a boto3 client of this server; it is closed with the server."""
        return cast("SecretsManagerClient", self._clients.make(self.url, config))

    def register_function(
        self, arn: str, invoke: Callable[[Mapping[str, str]], Invocation]
    ) -> None:
        """Let secrets rotate with this function; without, RotateSecret refuses its ARN."""
        self._backend.rotations.functions[arn] = invoke

    def on_event(self, callback: Callable[[dict[str, Any]], object]) -> None:
        """Let the callback have every "Secret Label Updated" event from now on.

        It is called in a background thread, with what EventBridge hands to a target.
        """
        self._backend.events.register(callback)

    def wait_for_events(self, timeout_seconds: float = 30) -> None:
        """Wait until every callback has returned from every event so far.

        Raises TimeoutError, or the first thing that a callback raised since the last wait.
        """
        self._backend.events.wait_until_delivered(timeout_seconds)

    def wait_for_rotation(self, secret_id: str, timeout_seconds: float = 30) -> RotationOutcome:
        """Wait for the latest run of the secret's rotation.

        Raises LookupError if none was started, TimeoutError if it is not over
        in time, and whatever the registered function raised.
        """
        secret = self._backend.describe_secret(secret_id)
        return self._backend.rotations.wait(secret, timeout_seconds)

    def retry_rotation(self, secret_id: str) -> None:
        """Do what Secrets Manager does by itself in the window: all steps, same version id.

        Raises RuntimeError when there is nothing to retry.
        """
        self._backend.rotations.retry(self._backend.describe_secret(secret_id))

    def grow_older(self, secret_id: str, days: float) -> None:
        """Let so many days have passed for a secret: its versions, its latest rotation."""
        with self._backend.lock:
            secret = self._backend.describe_secret(secret_id)
            grow_older(secret, self._backend.rotations.of(secret), days)

    def set_replica(self, secret_id: str, region: str, status: str) -> None:
        """Let DescribeSecret tell of a replica: "InSync", "InProgress", "Failed" and so on.

        The replica itself is not here, and its status stays until it is set again.
        https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicationStatusType.html
        """
        with self._backend.lock:
            arn = self._backend.describe_secret(secret_id).arn
            self._backend.replicas.setdefault(arn, {})[region] = status

    def let_reads_be_stale(self, after_a_write: int) -> None:
        """Let so many reads after each write answer from before it, until ``restore``."""
        self._stale.after_a_write = after_a_write

    def snapshot(self) -> Snapshot:
        """Return what is here now, for ``restore``. Raises RuntimeError while a rotation runs."""
        return snapshot.take(self._backend)

    def restore(self, saved: Snapshot) -> None:
        """Go back to a snapshot, without faults and with an empty record.

        Waits for what is under way; raises RuntimeError when a rotation does not end.
        """
        self.faults.clear()
        self._stale.after_a_write = 0
        snapshot.restore(self._backend, saved)
        self.record.clear()

    def stop(self) -> None:
        """Stop rotations and events too, and close the clients."""
        self.faults.clear()
        self._backend.rotations.stop()
        self._backend.events.close()
        self._clients.close()
        super().stop()
