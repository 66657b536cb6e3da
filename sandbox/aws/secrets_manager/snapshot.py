"""A Secrets Manager's state at one moment, to go back to."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from moto.secretsmanager.models import SecretsStore

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from sandbox.aws.secrets_manager.backend import AwsSecretsManagerBackend
    from sandbox.aws.secrets_manager.rotation import Rotation

__all__ = ["Snapshot", "restore", "take"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Secrets and rotations hold each other, so they are copied together; the rest is values."""

    secrets: SecretsStore
    rotations: dict[str, Rotation]
    replicas: dict[str, dict[str, str]]
    functions: Mapping[str, Callable[[Mapping[str, str]], Invocation]]
    callbacks: tuple[Callable[[dict[str, Any]], object], ...]


def take(backend: AwsSecretsManagerBackend) -> Snapshot:
    """Return the state as it is now. Raises RuntimeError while a rotation runs."""
    with backend.lock:
        if backend.rotations.is_running:
            raise RuntimeError("a rotation runs: wait for it, then take the snapshot")
        saved = Snapshot(
            backend.secrets,
            backend.rotations.by_secret,
            backend.replicas,
            dict(backend.rotations.functions),
            backend.events.callbacks,
        )
        return _copied(saved)


def restore(backend: AwsSecretsManagerBackend, saved: Snapshot) -> None:
    """Go back to it, after the rotations and the event under way have ended.

    Raises RuntimeError when a rotation does not end.
    """
    backend.rotations.stop()
    if backend.rotations.is_running:
        raise RuntimeError("a rotation does not end: kill its function, or let it return")
    backend.events.restart(saved.callbacks)
    again = _copied(saved)
    with backend.lock:
        backend.secrets = again.secrets
        backend.replicas = again.replicas
        backend.rotations.by_secret = again.rotations
        backend.rotations.functions = dict(again.functions)


def _copied(state: Snapshot) -> Snapshot:
    # A run that has ended changes no more, and its event can't be copied: shared.
    memo = {id(rotation.run): rotation.run for rotation in state.rotations.values()}
    secrets, rotations, replicas = copy.deepcopy(
        (state.secrets, state.rotations, state.replicas), memo
    )
    return Snapshot(secrets, rotations, replicas, state.functions, state.callbacks)
