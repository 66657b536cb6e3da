"""moto's request handling, with the parameters and checks it leaves out."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from moto.secretsmanager.responses import SecretsManagerResponse

from sandbox.aws.secrets_manager import errors

if TYPE_CHECKING:
    from moto.core.request import Request

    from sandbox.aws.secrets_manager.backend import AwsSecretsManagerBackend

__all__ = ["AwsSecretsManagerResponse"]

VALUE_LIMIT_BYTES = 65_536
VERSIONS_PER_PAGE = 100


class AwsSecretsManagerResponse(SecretsManagerResponse):
    """Handles one request on the backend it is given, not on moto's global one."""

    def __init__(self, backend: AwsSecretsManagerBackend, parameters: dict[str, Any]) -> None:
        super().__init__()
        self._backend = backend
        self._parameters = parameters

    @property
    def backend(self) -> AwsSecretsManagerBackend:
        """The server's own backend."""
        return self._backend

    def answer(self, request: Request) -> tuple[int, str]:
        """Return the HTTP status and the JSON body."""
        self.setup_class(request)
        status, _, body = self.call_action()
        return int(status), str(body)

    def create_secret(self) -> str:
        """CreateSecret, with the checks of a new value."""
        self._check_value()
        known = self._get_param("Name") in self.backend.secrets
        answer = super().create_secret()
        if not known:  # the same request again creates nothing
            made = json.loads(answer)
            self.backend.note_creation(made["ARN"], made.get("VersionId"))
        return answer

    def update_secret(self) -> str:
        """UpdateSecret, with the checks of a new value."""
        self._check_value()
        return super().update_secret()

    def put_secret_value(self) -> str:
        """PutSecretValue, with its RotationToken."""
        self._check_value()
        if not {"SecretString", "SecretBinary"} & self._parameters.keys():
            return super().put_secret_value()  # which refuses it
        return self.backend.put_secret_value(
            secret_id=self._parameters["SecretId"],
            secret_string=self._get_param("SecretString"),
            secret_binary=self._get_param("SecretBinary"),
            client_request_token=self._parameters["ClientRequestToken"],
            version_stages=self._get_param("VersionStages", ["AWSCURRENT"]),
            rotation_token=self._get_param("RotationToken"),
        )

    def rotate_secret(self) -> str:
        """RotateSecret; its token names the new version, so there has to be one."""
        self._check_token()
        return super().rotate_secret()

    def describe_secret(self) -> str:
        """DescribeSecret."""
        return json.dumps(self.backend.described(self._get_param("SecretId")))

    def list_secret_version_ids(self) -> str:
        """ListSecretVersionIds, with its pages and IncludeDeprecated."""
        page = self.backend.version_page(
            self._get_param("SecretId"),
            include_deprecated=bool(self._get_bool_param("IncludeDeprecated", if_none=False)),
            max_results=self._get_int_param("MaxResults", VERSIONS_PER_PAGE),
            next_token=self._get_param("NextToken"),
        )
        return json.dumps(page)

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:  # noqa: ANN401 - moto's
        # moto also reads the body as a query string: a value with "&SecretId=" misleads it.
        return self._parameters.get(param_name, if_none)

    def _check_token(self) -> None:
        if not self._parameters.get("ClientRequestToken"):
            raise errors.no_client_request_token()

    def _check_value(self) -> None:
        self._check_token()
        text = self._parameters.get("SecretString", "")
        binary = self._parameters.get("SecretBinary", "")
        if len(text.encode()) > VALUE_LIMIT_BYTES:
            raise errors.value_too_long("secretString")
        if len(base64.b64decode(binary)) > VALUE_LIMIT_BYTES:
            raise errors.value_too_long("secretBinary")
