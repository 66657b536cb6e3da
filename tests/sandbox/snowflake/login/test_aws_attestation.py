"""A workload's attestation: what is verified, held to botocore's own signer."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.snowflake import AwsWorkload
from sandbox.snowflake.account.accounts import Account
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.login.aws_attestation import AUDIENCE, role_arn
from sandbox.snowflake.login.logins import (
    Login,
    LoginPolicy,
    LoginRequest,
    log_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ARN = "arn:aws:iam::123456789012:role/rotation"
KEY, SECRET, TOKEN = "ASIAROTATIONROLE0000", "the role's secret", "its session token"
URL = "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
WORKLOADS = {KEY: AwsWorkload(ARN, SECRET, TOKEN)}


def signed(  # noqa: PLR0913 (what a test may change)
    url: str = URL,
    *,
    audience: str | None = AUDIENCE,
    region: str = "eu-west-1",
    method: str = "POST",
    secret: str = SECRET,
    token: str = TOKEN,
    key: str = KEY,
) -> dict[str, object]:
    """Return a request as the connector makes it, signed by botocore now."""
    host = url.split("/")[2]
    headers = {"Host": host} | ({"X-Snowflake-Audience": audience} if audience else {})
    request = AWSRequest(method, url, headers=headers)
    SigV4Auth(Credentials(key, secret, token), "sts", region).add_auth(request)
    return {"url": url, "method": method, "headers": dict(request.headers.items())}


def packed(content: object) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def moment(content: dict[str, object]) -> float:
    headers = content["headers"]
    assert isinstance(headers, dict)
    return datetime.strptime(headers["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()


@pytest.mark.parametrize("host", ["sts.eu-west-1.amazonaws.com", "sts.amazonaws.com"])
def test_what_botocore_signs_is_accepted(host: str) -> None:
    content = signed(URL.replace("sts.eu-west-1.amazonaws.com", host))
    assert role_arn(packed(content), WORKLOADS, moment(content)) == ARN


def _without(name: str) -> Callable[[dict[str, object]], None]:
    def change(content: dict[str, object]) -> None:
        headers = content["headers"]
        assert isinstance(headers, dict)
        headers.pop(name, None)

    return change


def _with(name: str, value: str) -> Callable[[dict[str, object]], None]:
    def change(content: dict[str, object]) -> None:
        headers = content["headers"]
        assert isinstance(headers, dict)
        headers[name] = value

    return change


@pytest.mark.parametrize(
    ("content", "change", "why"),
    [
        (signed(secret="another"), None, "its signature is wrong"),
        (signed(), _with("X-Amz-Date", "20200101T000000Z"), "it has two dates"),
        (signed(token="another"), None, "its session token does not belong"),
        (signed(), _without("X-Amz-Security-Token"), "its session token does not belong"),
        (signed(key="ASIAANOTHERROLE00000"), None, "its access key is unknown here"),
        (signed(audience="example.com"), None, "it is meant for another audience"),
        (signed(audience=None), _with("X-Snowflake-Audience", AUDIENCE), "is not signed"),
        (signed(URL.replace("sts.", "ec2.")), None, "it is not for STS"),
        (signed(URL.replace("amazonaws.com", "amazonaws.com.evil.org")), None, "not for STS"),
        (signed(region="us-east-1"), None, "it is signed for another Region"),
        (signed(URL.replace("GetCallerIdentity", "AssumeRole")), None, "not GetCallerIdentity"),
        (signed(method="GET"), None, "it is not GetCallerIdentity"),
        (signed(URL.replace("https", "http")), None, "it is no signed request"),
        (signed(), _without("Authorization"), "it is no signed request"),
    ],
)
def test_anything_else_is_refused(
    content: dict[str, object], change: Callable[[dict[str, object]], None] | None, why: str
) -> None:
    now = moment(content)
    if change is not None:
        change(content)
    with pytest.raises(SnowflakeError, match=why):
        role_arn(packed(content), WORKLOADS, now)


@pytest.mark.parametrize("token", ["", "not base64!", packed([]), packed({"url": "x"})])
def test_what_can_not_be_read_is_refused(token: str) -> None:
    with pytest.raises(SnowflakeError, match="390100"):
        role_arn(token, WORKLOADS, 0)


@pytest.mark.parametrize("seconds", [-901, 901])
def test_an_old_one_or_one_from_the_future_is_refused(seconds: int) -> None:
    content = signed()
    with pytest.raises(SnowflakeError, match="too old, or from the future"):
        role_arn(packed(content), WORKLOADS, moment(content) + seconds)


class TestALogin:
    def attempt(self, account: Account, provider: str = "AWS") -> Login:
        content = signed()
        account.aws_workloads.update(WORKLOADS)
        request = LoginRequest(
            account.name, "", "WORKLOAD_IDENTITY", packed(content), provider=provider
        )
        return log_in(account, request, LoginPolicy(), moment(content))

    def test_is_that_of_the_user_who_has_the_role(self) -> None:
        account = Account("MYORG-SANDBOX")
        account.create_user("OTHER")
        user = account.create_user("ADMIN", workload_arn=ARN)
        login = self.attempt(account)
        assert (login.user, login.slot, login.role) == (user, None, "PUBLIC")

    @pytest.mark.parametrize(
        ("properties", "code"),
        [({"workload_arn": f"{ARN}-2"}, "390100"), ({"disabled": True}, "390101")],
    )
    def test_is_refused_to_others(self, properties: dict[str, object], code: str) -> None:
        account = Account("MYORG-SANDBOX")
        account.create_user("ADMIN", **{"workload_arn": ARN, **properties})  # type: ignore[arg-type]
        with pytest.raises(SnowflakeError, match=code):
            self.attempt(account)

    def test_of_another_provider_is_refused(self) -> None:
        account = Account("MYORG-SANDBOX")
        account.create_user("ADMIN", workload_arn=ARN)
        with pytest.raises(SnowflakeError, match="390100"):
            self.attempt(account, "GCP")
