"""Secrets Manager's own EventBridge events, delivered by a background thread.

"Secrets Manager sends a Secret Label Updated event when a staging label moves to a new version
of a secret, for all labels except AWSPENDING and AWSPREVIOUS."
https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
"""

from __future__ import annotations

import threading
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox.aws.secrets_manager.versions import PENDING, PREVIOUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from moto.secretsmanager.models import FakeSecret

__all__ = ["Events"]

Event = dict[str, Any]
SILENT = frozenset({PENDING, PREVIOUS})


class Events:
    """What happened, for whoever was registered by then; events come in order, once each."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._callbacks: list[Callable[[Event], object]] = []
        self._waiting: deque[Event] = deque()
        self._failure: BaseException | None = None
        self._closing = False
        self._is_delivering = False
        self._thread: threading.Thread | None = None

    def register(self, callback: Callable[[Event], object]) -> None:
        """Let the callback have every event from now on."""
        with self._changed:
            self._callbacks.append(callback)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def label_moved(self, secret: FakeSecret, label: str, version_id: str) -> None:
        """Tell that the label has moved to the version."""
        with self._changed:
            if label not in SILENT and self._callbacks:
                self._waiting.append(_label_updated(secret, label, version_id))
                self._changed.notify_all()

    def wait_until_delivered(self, timeout_seconds: float) -> None:
        """Wait until every callback has returned from every event so far.

        Raises TimeoutError, or the first thing that a callback raised.
        """
        with self._changed:
            if not self._changed.wait_for(self._is_idle, timeout_seconds):
                raise TimeoutError(f"{len(self._waiting)} events wait, one is being delivered")
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    @property
    def callbacks(self) -> tuple[Callable[[Event], object], ...]:
        """Who has every event."""
        with self._changed:
            return tuple(self._callbacks)

    def restart(self, callbacks: Iterable[Callable[[Event], object]]) -> None:
        """Forget what waits and what failed; from now on these callbacks have every event.

        Waits for the callback under way.
        """
        with self._changed:
            self._waiting.clear()
            self._callbacks = []
            self._changed.wait_for(self._is_idle)
            self._failure = None
        for callback in callbacks:
            self.register(callback)

    def close(self) -> None:
        """Deliver no more; waits for the callback under way."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _is_idle(self) -> bool:
        return not self._waiting and not self._is_delivering

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    return
                event, self._is_delivering = self._waiting.popleft(), True
                callbacks = list(self._callbacks)
            for callback in callbacks:
                self._deliver(callback, event)
            with self._changed:
                self._is_delivering = False
                self._changed.notify_all()

    def _deliver(self, callback: Callable[[Event], object], event: Event) -> None:
        try:
            callback(event)
        except BaseException as failure:  # noqa: BLE001 - handed to whoever waits
            self._failure = self._failure or failure


def _label_updated(secret: FakeSecret, label: str, version_id: str) -> Event:
    """Return the event as EventBridge hands it to a target.

    https://docs.aws.amazon.com/eventbridge/latest/ref/overview-event-structure.html
    """
    _, _, _, region, account, *_ = secret.arn.split(":")
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Secret Label Updated",
        "source": "aws.secretsmanager",
        "account": account,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [secret.arn],
        "detail": {"name": secret.name, "labelUpdated": label, "versionId": version_id},
    }
