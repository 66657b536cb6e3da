"""The environment: what is taken, and what is refused by its name."""

import pytest

from rotation.errors.function import InvalidSettings
from rotation.keys.form import (
    AWS_FORM,
    Encryption,
    KeyFormat,
    SecretForm,
)
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.settings import Endpoint, HourlySettings, Settings
from tests.shared.settings import ARN, REQUIRED

ALLOWED = AllowedIdentities(NamePatterns(("MYORG-*",)), NamePatterns(("*",)))


def test_what_is_required_alone_gives_the_defaults() -> None:
    assert Settings.from_environment(REQUIRED) == Settings(
        allowed=ALLOWED, key_size_bits=2048, role=None, endpoint=Endpoint(None, None, "https")
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
        endpoint=Endpoint("127.0.0.1", 8080, "http"),
    )


def test_the_form_of_the_secret_is_read() -> None:
    environment = REQUIRED | {
        "FIELD_NAMES": "user=sfUser",
        "KEY_FORMATS": "privateKeyBase64",
        "ENCRYPT_PRIVATE_KEY": "always",
    }
    assert Settings.from_environment(environment).form == SecretForm(
        {"user": "sfUser"}, frozenset({KeyFormat.BASE64}), Encryption.ALWAYS
    )
    blank = dict.fromkeys(("FIELD_NAMES", "KEY_FORMATS", "ENCRYPT_PRIVATE_KEY"), " ")
    assert Settings.from_environment(REQUIRED | blank).form == AWS_FORM


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_patterns_nothing_rotates(name: str, value: str | None) -> None:
    environment = {key: value for key, value in (REQUIRED | {name: value}).items() if value}
    with pytest.raises(InvalidSettings, match=f"{name} is not set"):
        Settings.from_environment(environment)


def test_the_watch_needs_the_function_s_arn_alone() -> None:
    assert (
        HourlySettings.from_environment({"ROTATION_FUNCTION_ARN": ARN}).rotation_function_arn == ARN
    )


@pytest.mark.parametrize(
    "value", ["", "snowflake-key-rotation", f"{ARN}:live", ARN.replace("lambda", "sns"), f"{ARN}*"]
)
def test_another_arn_is_refused(value: str) -> None:
    with pytest.raises(InvalidSettings, match="ROTATION_FUNCTION_ARN"):
        HourlySettings.from_environment({"ROTATION_FUNCTION_ARN": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEY_FORMATS", "PEM"),
        ("FIELD_NAMES", "user"),
        ("ENCRYPT_PRIVATE_KEY", "never"),
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


ADMIN_SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:snowflake/admin-AbCdEf"
FROM_SECRET = {
    "ROTATION_IDENTITY": "admin-secret",
    "ADMIN_SECRET_ARN": ADMIN_SECRET,
    "ADMIN_ROLE": "KEY_ROTATION",
}
FEDERATED = {"ROTATION_IDENTITY": "workload-identity", "ADMIN_ROLE": "KEY_ROTATION"}


@pytest.mark.parametrize("environment", [FROM_SECRET, FEDERATED])
def test_an_admin_comes_with_a_role_and_the_user_s_own_session_is_public(
    environment: dict[str, str],
) -> None:
    role = {"SNOWFLAKE_ROLE": "ROTATION"}
    settings = Settings.from_environment(REQUIRED | environment | role)
    assert settings.rotation_identity == environment["ROTATION_IDENTITY"]
    assert (settings.admin_role, settings.service_user_role) == ("KEY_ROTATION", "PUBLIC")
    assert Settings.from_environment(REQUIRED | role).service_user_role == "ROTATION"


def test_the_admin_s_own_secret_is_rotated_by_the_admin_itself() -> None:
    settings = Settings.from_environment(REQUIRED | FROM_SECRET)
    assert settings.for_secret("arn:another") == settings
    assert settings.for_secret(ADMIN_SECRET) == Settings(allowed=ALLOWED, role="KEY_ROTATION")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"ROTATION_IDENTITY": "admin"},
            "ROTATION_IDENTITY holds 'admin'; it takes self, admin-secret, workload-identity.",
        ),
        (
            FROM_SECRET | {"ADMIN_SECRET_ARN": ""},
            (
                "ROTATION_IDENTITY is admin-secret, and ADMIN_SECRET_ARN is not set; admin-secret "
                "takes both."
            ),
        ),
        (
            {"ADMIN_SECRET_ARN": ADMIN_SECRET},
            "ROTATION_IDENTITY is self, and ADMIN_SECRET_ARN is set; admin-secret takes both.",
        ),
        (
            FEDERATED | {"ADMIN_ROLE": ""},
            (
                "ROTATION_IDENTITY is workload-identity, and ADMIN_ROLE is not set; an admin has "
                "a role, and self has none."
            ),
        ),
        (
            {"ADMIN_ROLE": "KEY_ROTATION"},
            (
                "ROTATION_IDENTITY is self, and ADMIN_ROLE is set; an admin has a role, and self "
                "has none."
            ),
        ),
        (
            FROM_SECRET | {"ADMIN_SECRET_ARN": "snowflake/admin"},
            "ADMIN_SECRET_ARN holds 'snowflake/admin', which can't be used.",
        ),
    ],
)
def test_an_admin_that_is_half_set_up_is_refused(environment: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        Settings.from_environment(REQUIRED | environment)
    assert caught.value.found == said
