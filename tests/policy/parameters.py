"""The template's parameters: those without a default, and every option."""

import json

from tests.policy.evaluator import REPOSITORY

REQUIRED = {
    "AllowedSnowflakeAccounts": "MYORG-*",
    "AllowedUsers": "SVC_*",
    "ConsumerClusters": "none",
}


def _options() -> dict[str, str]:
    """Every option, as the lint of the translated template has them; the names are ours."""
    text = (REPOSITORY / "tests/packaging/every-option.json").read_text(encoding="utf-8")
    values = {found["ParameterKey"]: found["ParameterValue"] for found in json.loads(text)}
    joined = {key: ",".join(v) if isinstance(v, list) else v for key, v in values.items()}
    return {**joined, "SecretName": "app/key"}


OPTIONS = _options()
