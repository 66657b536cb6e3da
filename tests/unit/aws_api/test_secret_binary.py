"""A binary value is named: what was read from it would be written back as a string."""

from typing import Any, cast

import pytest

from rotation.aws_api.secret import PACE, AwsSecret
from rotation.errors.secret import SecretNotJson
from rotation.ports import Deadline


class BinaryOnly:
    def get_secret_value(self, **asked: str) -> dict[str, Any]:
        return {"VersionId": asked.get("VersionId", "v"), "SecretBinary": b'{"account": "A-B"}'}


SECRET = AwsSecret(cast("Any", BinaryOnly()), PACE, "arn", Deadline(lambda: 60))


@pytest.mark.parametrize("read", [lambda: SECRET.read("v"), SECRET.read_current])
def test_a_binary_value_is_refused_with_what_to_do(read: Any) -> None:  # noqa: ANN401
    with pytest.raises(SecretNotJson) as caught:
        read()
    assert "stands in SecretBinary" in caught.value.found
    assert "--secret-string" in str(caught.value)
