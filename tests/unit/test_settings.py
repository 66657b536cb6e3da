"""The environment: what is taken, and what is refused by its name."""

import pytest

from rotation.errors import InvalidSettings
from rotation.name_patterns import AllowedIdentities, NamePatterns
from rotation.settings import Settings, WatchSettings

REQUIRED = {"ALLOWED_SNOWFLAKE_ACCOUNTS": "MYORG-*", "ALLOWED_USERS": "*"}
ALLOWED = AllowedIdentities(NamePatterns(("MYORG-*",)), NamePatterns(("*",)))
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:snowflake-key-rotation"


def test_what_is_required_alone_gives_the_defaults() -> None:
    assert Settings.from_environment(REQUIRED) == Settings(
        allowed=ALLOWED, key_size_bits=2048, role=None, host=None, port=None, protocol="https"
    )


def test_empty_values_count_as_unset() -> None:
    names = ("KEY_SIZE", "SNOWFLAKE_ROLE", "SNOWFLAKE_HOST", "SNOWFLAKE_PORT", "SNOWFLAKE_PROTOCOL")
    environment = dict.fromkeys(names, " ") | REQUIRED
    assert Settings.from_environment(environment) == Settings(allowed=ALLOWED)


def test_every_setting_is_read() -> None:
    environment = {
        "ALLOWED_SNOWFLAKE_ACCOUNTS": "MYORG-PROD , xy12345.eu-west-1",
        "ALLOWED_USERS": "SVC_*,deploy [x]",
        "KEY_SIZE": "4096",
        "SNOWFLAKE_ROLE": "ROTATION",
        "SNOWFLAKE_HOST": "127.0.0.1",
        "SNOWFLAKE_PORT": "8080",
        "SNOWFLAKE_PROTOCOL": "http",
    }
    assert Settings.from_environment(environment) == Settings(
        allowed=AllowedIdentities(
            NamePatterns(("MYORG-PROD", "xy12345.eu-west-1")), NamePatterns(("SVC_*", "deploy [x]"))
        ),
        key_size_bits=4096,
        role="ROTATION",
        host="127.0.0.1",
        port=8080,
        protocol="http",
    )


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_patterns_nothing_rotates(name: str, value: str | None) -> None:
    environment = {key: value for key, value in (REQUIRED | {name: value}).items() if value}
    with pytest.raises(InvalidSettings, match=f"{name} is not set"):
        Settings.from_environment(environment)


def test_the_watch_needs_the_function_s_arn_alone() -> None:
    assert (
        WatchSettings.from_environment({"ROTATION_FUNCTION_ARN": ARN}).rotation_function_arn == ARN
    )


@pytest.mark.parametrize(
    "value", ["", "snowflake-key-rotation", f"{ARN}:live", ARN.replace("lambda", "sns"), f"{ARN}*"]
)
def test_another_arn_is_refused(value: str) -> None:
    with pytest.raises(InvalidSettings, match="ROTATION_FUNCTION_ARN"):
        WatchSettings.from_environment({"ROTATION_FUNCTION_ARN": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEY_SIZE", "1024"),
        ("KEY_SIZE", "large"),
        ("KEY_SIZE", "-2048"),
        ("KEY_SIZE", "٢٠٤٨"),
        ("KEY_SIZE", "9" * 5000),
        ("SNOWFLAKE_PORT", "0"),
        ("SNOWFLAKE_PORT", "65536"),
        ("SNOWFLAKE_PORT", "1e3"),
        ("SNOWFLAKE_HOST", "https://x"),
        ("SNOWFLAKE_HOST", "a/b"),
        ("SNOWFLAKE_ROLE", "A\nB"),
        ("SNOWFLAKE_ROLE", "R" * 256),
        ("SNOWFLAKE_PROTOCOL", "ftp"),
        ("ALLOWED_SNOWFLAKE_ACCOUNTS", "MYORG-A,,MYORG-B"),
        ("ALLOWED_SNOWFLAKE_ACCOUNTS", ","),
        ("ALLOWED_SNOWFLAKE_ACCOUNTS", "https://myorg-a"),
        ("ALLOWED_SNOWFLAKE_ACCOUNTS", "MYORG A"),
        ("ALLOWED_SNOWFLAKE_ACCOUNTS", "MYORG-[AB]"),
        ("ALLOWED_USERS", "SVC_A,"),
        ("ALLOWED_USERS", "A\nB"),
        ("ALLOWED_USERS", "U" * 256),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=name):
        Settings.from_environment(REQUIRED | {name: value})


@pytest.mark.parametrize("host", [None, "xy12345.snowflakecomputing.com", "127.0.0.1.example.com"])
def test_http_is_for_this_machine_only(host: str | None) -> None:
    environment = (
        REQUIRED | {"SNOWFLAKE_PROTOCOL": "http"} | ({"SNOWFLAKE_HOST": host} if host else {})
    )
    with pytest.raises(InvalidSettings, match="unencrypted"):
        Settings.from_environment(environment)
