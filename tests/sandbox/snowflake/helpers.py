"""What several test files need: key pairs, JWTs signed here, and a bare HTTP client."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import ProgrammingError

if TYPE_CHECKING:
    from sandbox.snowflake import SnowflakeServer

# connector 5.x warns on every connect
IGNORE_CONNECT_WARNING = pytest.mark.filterwarnings(
    "ignore:enable_server_session_keep_alive_auto_detection was not set:FutureWarning"
)
# what the fixtures of the same names are
Connect = Callable[..., SnowflakeConnection]
Run = Callable[..., list[tuple[Any, ...]]]

NOW = 1_800_000_000.0
MODIFY = "MODIFY PROGRAMMATIC AUTHENTICATION METHODS"


@dataclass(frozen=True)
class KeyPair:
    private_key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @property
    def spki(self) -> bytes:
        return self.private_key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def body(self) -> str:
        return base64.b64encode(self.spki).decode()

    @property
    def pem(self) -> str:
        key = self.private_key.public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def fingerprint(self) -> str:
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.spki).digest()).decode()


def new_key_pair(bits: int = 2048) -> KeyPair:
    return KeyPair(rsa.generate_private_key(65537, bits))


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(signer: KeyPair, claims: object, header: object = None) -> str:
    parts = [header or {"alg": "RS256", "typ": "JWT"}, claims]
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    signature = signer.private_key.sign(signed.encode(), PKCS1v15(), SHA256())
    return f"{signed}.{base64url(signature)}"


def claims_of(
    key: KeyPair, *, account: str = "SANDBOX", user: str = "SVC_APP", now: float = NOW
) -> dict[str, Any]:
    return {
        "iss": f"{account}.{user}.{key.fingerprint}",
        "sub": f"{account}.{user}",
        "iat": int(now),
        "exp": int(now) + 60,
    }


def refusal_of(run: Run, sql: str, role: str = "PUBLIC") -> tuple[int, str | None, str]:
    with pytest.raises(ProgrammingError) as caught:
        run(sql, role)
    return caught.value.errno, caught.value.sqlstate, str(caught.value)


class BareClient:
    """Speaks the protocol without any of a real client's retries."""

    def __init__(self, server: SnowflakeServer) -> None:
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
        self._server = server
        self.token = ""
        self.master_token = ""

    def close(self) -> None:
        self._connection.close()

    def request(
        self, path: str, body: object = None, *, token: str = "", method: str = "POST"
    ) -> tuple[int, bytes]:
        headers = {
            "Content-Encoding": "gzip",
            "Authorization": f'Snowflake Token="{token or self.token}"',
        }
        raw = gzip.compress(json.dumps(body).encode())
        self._connection.request(method, path, raw, headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def post(self, path: str, body: object = None, *, token: str = "") -> dict[str, Any]:
        status, raw = self.request(path, body, token=token)
        assert status == 200
        reply: dict[str, Any] = json.loads(raw)
        return reply

    def log_in(self, user: str, key: KeyPair, query: str = "", **data: object) -> dict[str, Any]:
        account = self._server.account
        claims = claims_of(key, account=account.name, user=user.upper(), now=account.now())
        body = {
            "ACCOUNT_NAME": account.name,
            "LOGIN_NAME": user,
            "AUTHENTICATOR": "SNOWFLAKE_JWT",
            "TOKEN": sign(key, claims),
            **data,
        }
        reply = self.post(f"/session/v1/login-request{query}", {"data": body})
        if reply["success"]:
            self.token, self.master_token = reply["data"]["token"], reply["data"]["masterToken"]
        return reply

    def execute(self, sql: str, request_id: str | None = None) -> dict[str, Any]:
        path = f"/queries/v1/query-request?requestId={request_id or uuid.uuid4()}"
        return self.post(path, {"sqlText": sql})
