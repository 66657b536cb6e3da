"""Names of effects in the field's words. An effect without one here goes by its method's name."""

from typing import TYPE_CHECKING

from rotation.keys.credential import Credential
from rotation.ports import AdminLogin
from rotation.rules.errand import KeyRequest
from rotation.rules.rollouts import Service
from rotation.rules.words import Fingerprint, Stage
from tests.proof import keypool

if TYPE_CHECKING:
    from tests.proof.world import World

_NAMES = {
    "labels": "DescribeSecret",
    "read": "GetSecretValue",
    "fill_pending": "PutSecretValue",
    "promote": "UpdateSecretVersionStage",
    "remove_label": "UpdateSecretVersionStage(voucher)",
    "version_dates": "ListSecretVersionIds",
    "log_in": "login",
    "current_user": "SELECT CURRENT_USER()",
    "named_key_pairs": "SHOW USER KEY PAIRS",
    "describe": "DESC USER",
    "describe_user": "DESC USER as the admin",
    "install_key": "ALTER USER SET",
    "retire_key": "ALTER USER UNSET",
    "close": "end of the session",
    "pause": "pause",
    "every_secret": "ListSecrets",
    "find": "ListSecrets by name",
    "state": "DescribeSecret and ListSecretVersionIds",
    "rotate": "RotateSecret",
    "tasks": "ListTasks",
    "services": "ListServices",
    "answer": "the rotation function answers",
}
_STAGES = (Stage.CURRENT, Stage.PENDING, Stage.PREVIOUS)


def of_effect(
    world: "World", target: tuple[str, str], method: str, args: tuple[object, ...]
) -> str:
    """Return an effect's name, with the version or key that it is about."""
    name = _NAMES.get(method, f"{target[0]}.{method}")
    if target[0] in {"ecs", "keys"}:
        name = _of_retirement(name, method, args)
    match method, args:
        case "read", (str(version_id),) if target[0] == "secret":
            return f"{name} of {_stage_of(world, target[1], version_id)}"
        case "read", _ if target[0] == "admin":
            return "GetSecretValue of the admin's secret"
        case "log_in", (AdminLogin(),):
            return "login of the admin"
        case "log_in", (Credential() as credential,):
            return f"{name} with {_holder_of(world, credential.fingerprint)} key"
        case (("install_key" | "retire_key"), (_, slot, *_)):
            return f"{name} {slot}" + (" as the admin" if target[0] == "admin session" else "")
    return name


def _of_retirement(name: str, method: str, args: tuple[object, ...]) -> str:
    match method, args:
        case "invoke", (KeyRequest() as request,):
            return f"Invoke {request.operation}" + (" at once" if request.end_grace else "")
        case "deployments_since", (Service() as service, *_):
            return f"ListServiceDeployments of {service.name}"
        case "roll", (Service() as service,):
            return f"UpdateService {service.name}, a forced new deployment"
    return name


def _stage_of(world: "World", secret: str, version_id: str) -> str:
    version = world.secrets[secret].versions.get(version_id)
    labels = version.labels if version else frozenset()
    return next((str(stage) for stage in _STAGES if stage in labels), "a version without labels")


def _holder_of(world: "World", key: Fingerprint) -> str:
    for stage in _STAGES:
        if any(secret.fingerprint_with(stage) == key for secret in world.secrets.values()):
            return f"{stage}'s"
    return f"the unlabelled {keypool.name(key)}"
