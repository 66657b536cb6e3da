"""boto3 clients of one server, closed together."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

from boto3.session import Session
from botocore.config import Config

if TYPE_CHECKING:
    from botocore.client import BaseClient

__all__ = ["ACCESS_KEY", "LocalClients"]

ACCESS_KEY = {
    "AWS_ACCESS_KEY_ID": "AKIASANDBOXSANDBOX00",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
}
"""Nobody checks it, but SDKs sign with it."""
SESSION_LOCK = threading.Lock()


@functools.cache
def _session() -> Session:
    # Reading botocore's service model takes 100 ms; a session keeps what it read.
    # Making clients from one session is not thread-safe: hence the lock.
    return Session()


class LocalClients:
    """Makes clients of ``service``, by boto3's name for it."""

    def __init__(self, service: str, region: str) -> None:
        self._service = service
        self._region = region
        self._made: list[BaseClient] = []
        self._usual: dict[str, BaseClient] = {}

    def make(self, url: str, config: Config | None) -> BaseClient:
        """Return a client of the server at ``url``; it is closed with the others.

        Without ``config`` it is the same one each time: making one takes 10 ms.
        """
        with SESSION_LOCK:
            if config is not None:
                return self._new(url, config)
            if url not in self._usual:
                self._usual[url] = self._new(url, Config())
            return self._usual[url]

    def _new(self, url: str, config: Config) -> BaseClient:
        client: BaseClient = _session().client(  # type: ignore[call-overload]  # no literal
            self._service,
            endpoint_url=url,
            region_name=self._region,
            aws_access_key_id=ACCESS_KEY["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ACCESS_KEY["AWS_SECRET_ACCESS_KEY"],
            config=Config(proxies={}).merge(config),
        )
        self._made.append(client)
        return client

    def close(self) -> None:
        """Close all clients."""
        self._usual.clear()
        while self._made:
            self._made.pop().close()
