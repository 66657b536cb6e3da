"""Which version a request means, and which label moves AWS refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.secrets_manager import errors, versions

if TYPE_CHECKING:
    from sandbox.aws.secrets_manager.versions import Version, Versions

__all__ = ["check_label_move", "version_asked_for"]


def version_asked_for(held: Versions, version_id: str | None, label: str | None) -> Version:
    """Return the version GetSecretValue asks for, AWSCURRENT's by default.

    Raises ResourceNotFoundException for an unknown id, a label on no version
    and a version without a value, and InvalidRequestException when id and
    label name different versions.
    """
    if version_id is not None:
        version = held.get(version_id)
        if version is not None and label is not None and label not in version["version_stages"]:
            raise errors.label_not_on_version()
        not_found = errors.no_value_for_version(version_id)
    else:
        label = label or versions.CURRENT
        version = held.get(versions.holder(held, label) or "")
        not_found = errors.no_value_for_label(label)
    if version is None or not versions.has_value(version):
        raise not_found
    return version


def check_label_move(
    held: Versions, label: str, remove_from: str | None, move_to: str | None
) -> None:
    """Raise the exception UpdateSecretVersionStage refuses these arguments with.

    "If the label is attached and you either do not specify this parameter
    [RemoveFromVersionId], or the version ID does not match, then the operation
    fails" (API reference).
    """
    for version_id in (remove_from, move_to):
        if version_id and version_id not in held:
            raise errors.no_value_for_version(version_id)
    now = versions.holder(held, label)
    if remove_from and remove_from != now:
        raise errors.label_not_on_named_version(label, remove_from)
    if not move_to and label == versions.CURRENT:
        raise errors.current_label_needs_a_version()
    if not remove_from and now is not None and now != move_to:
        raise errors.label_is_elsewhere(label, now)
