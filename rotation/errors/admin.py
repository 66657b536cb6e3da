"""The rotation admin."""

from rotation.errors.base import RotationError
from rotation.errors.snowflake_answers import SnowflakeError


class AdminSecretUnusable(RotationError):
    """The rotation admin's secret can't be read, or holds no credential."""

    remedy = (
        "Check the stack's parameter AdminSecretArn, the function's permission to read the "
        "admin's secret (and its KMS key), and the admin's account, user and privateKey in it. "
        "Then rotate again."
    )


class AdminInOtherAccount(RotationError):
    """The rotation admin's secret names another Snowflake account than the secret."""

    untouched = "Nothing was changed, and nobody logged in."
    remedy = (
        "Write the account in the same way in the admin's secret and in this one, if they are "
        "one account; else find out who edited them. Then rotate again."
    )


class AdminLoginRejected(SnowflakeError):
    """Snowflake does not let the rotation admin in."""

    untouched = "No slot was changed."
    remedy = (
        "Check the rotation admin in Snowflake: its LOGIN_NAME, its key or its workload identity, "
        "its role (the stack's parameter AdminRole), its policies; and the account's form and the "
        "function's clock. Then rotate again."
    )


class AdminPrivilegeMissing(SnowflakeError):
    """The rotation admin's role may not set the user's keys."""

    untouched = "No slot was changed."
    remedy = (
        "GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER … TO ROLE …, the admin's role, "
        "which the stack's parameter AdminRole names. Then rotate again."
    )


class SlotsNotVisible(SnowflakeError):
    """The rotation admin may not see whether a user without a key in its secret has one."""

    untouched = "No slot was changed."
    remedy = (
        "For its first rotation the admin's role has to own the user: GRANT OWNERSHIP ON USER … "
        "TO ROLE … COPY CURRENT GRANTS. Rotate, then give the ownership back. The secret's user "
        "has to be the user's NAME. See docs/identities.md."
    )
