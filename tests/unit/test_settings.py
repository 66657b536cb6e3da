"""The environment: what is taken, and what is refused by its name."""

import pytest

from rotation.errors import InvalidSettings
from rotation.settings import Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings(2048, None, None, None, "https")


def test_empty_values_count_as_unset() -> None:
    names = ("KEY_SIZE", "SNOWFLAKE_ROLE", "SNOWFLAKE_HOST", "SNOWFLAKE_PORT", "SNOWFLAKE_PROTOCOL")
    assert Settings.from_environment(dict.fromkeys(names, " ")) == Settings()


def test_every_setting_is_read() -> None:
    environment = {
        "KEY_SIZE": "4096",
        "SNOWFLAKE_ROLE": "ROTATION",
        "SNOWFLAKE_HOST": "127.0.0.1",
        "SNOWFLAKE_PORT": "8080",
        "SNOWFLAKE_PROTOCOL": "http",
    }
    assert Settings.from_environment(environment) == Settings(
        4096, "ROTATION", "127.0.0.1", 8080, "http"
    )


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
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=name):
        Settings.from_environment({name: value})


@pytest.mark.parametrize("host", [None, "xy12345.snowflakecomputing.com", "127.0.0.1.example.com"])
def test_http_is_for_this_machine_only(host: str | None) -> None:
    environment = {"SNOWFLAKE_PROTOCOL": "http"} | ({"SNOWFLAKE_HOST": host} if host else {})
    with pytest.raises(InvalidSettings, match="unencrypted"):
        Settings.from_environment(environment)
