"""What a stack keeps of old keys, as it is set: pure rules, no I/O, no clock."""

from dataclasses import dataclass, replace
from datetime import timedelta

from rotation.rules import freshness
from rotation.rules.words import AttachedSecret, SecretLabels

LISTS_SETTLE = timedelta(minutes=10)
# Replication is asynchronous, and its status may be behind as well.
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/cross-account-replicate-secrets.html
REPLICAS_SETTLE = timedelta(minutes=10)


# In place of ARNs: every cluster of the account and Region.
ALL_CLUSTERS = ("all",)


@dataclass(frozen=True)
class Retention:
    """How long an old key stays installed after AWSCURRENT has moved.

    At least for ``grace``; and, where ``clusters`` (ARNs, or ALL_CLUSTERS) are named,
    until no task in them that was created before the promotion reads the secret.
    ``function_name`` is the retirement function's, for messages.
    """

    grace: timedelta = timedelta()
    clusters: tuple[str, ...] = ()
    function_name: str = ""

    @property
    def keeps(self) -> bool:
        """Whether finishSecret leaves the old key to the retirement function."""
        return bool(self.grace or self.clusters)

    @property
    def shortest(self) -> timedelta:
        """How long the old key stays at least, whatever ECS lists.

        ECS's lists are eventually consistent: a task that was created just before the promotion
        may be missing for up to five minutes.
        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
        """
        return max(self.grace, LISTS_SETTLE) if self.clusters else self.grace

    def of(self, labels: SecretLabels) -> "Retention":
        """Return what holds for a secret: one with replicas keeps its old key for a while.

        Their consumers get AWSCURRENT's key when the replica has it, and the old one before.
        """
        if not labels.is_replicated:
            return self
        return replace(self, grace=max(self.grace, REPLICAS_SETTLE))

    def command_that_ends_it(self, secret_id: str) -> str:
        """Return the shell command that retires the secret's old key at once."""
        payload = f'{{"operation": "end-grace", "secretId": "{secret_id}"}}'
        return (
            f"AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name {self.function_name} "
            "--cli-read-timeout 0 --cli-binary-format raw-in-base64-out "
            f"--payload '{payload}' /dev/stdout"
        )


AT_ONCE = Retention()


def grace_too_long(secret: AttachedSecret, retention: Retention) -> bool:
    """Tell whether a rotation comes due while the key before is in its grace: it is refused."""
    span = freshness.interval(secret)
    return retention.grace > timedelta() and span is not None and span <= retention.grace
