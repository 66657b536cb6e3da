"""What is wrong with a secret: its labels, its content, whose it is."""

from rotation.errors.base import RotationError


class RotationNotEnabled(RotationError):
    """The secret has no rotation switched on."""

    remedy = "Switch rotation on for this secret, naming this function, and rotate again."


class UnknownVersion(RotationError):
    """The event's version is not among the secret's labelled versions."""

    remedy = "Start a new rotation; this one was abandoned or belongs to another secret."


class VersionNotPending(RotationError):
    """The event's version is labelled, but neither AWSPENDING nor AWSCURRENT."""

    remedy = "Start a new rotation: another one has replaced this version."


class NoCurrentVersion(RotationError):
    """No version of the secret is labelled AWSCURRENT, or it has no value."""

    remedy = (
        "Put the secret's value in place (account, user, privateKey of a key that is "
        "installed in Snowflake), then rotate."
    )


class PendingVersionEmpty(RotationError):
    """A step after createSecret finds no value in the AWSPENDING version."""

    remedy = "Rotate again: createSecret fills it."


class PendingNotVouched(RotationError):
    """The AWSPENDING version's key was not made by the holder of AWSCURRENT's key."""

    untouched = "It was not installed, and nothing was changed."
    remedy = (
        "Find out who wrote that version (`PutSecretValue` in CloudTrail). Remove AWSPENDING from "
        "it and rotate again: a new key pair is made. After a rollback, or where AWSCURRENT was "
        "put in place by hand during a rotation, that is all there is to it."
    )


class MalformedSecret(RotationError):
    """Base: the secret's value can't be used as a Snowflake key-pair credential."""

    remedy = "Correct the secret's value and rotate again."


class SecretNotJson(MalformedSecret):
    """The value is not text that holds one JSON object."""


class SecretFieldInvalid(MalformedSecret):
    """A field is missing, has the wrong type, or stands twice."""


class InvalidAccount(MalformedSecret):
    """``account`` is none of Snowflake's identifier forms."""

    remedy = (
        "Write the account as ORGANIZATION-ACCOUNT, or as LOCATOR with region and cloud "
        "(xy12345.eu-west-1), without https:// and without .snowflakecomputing.com."
    )


class InvalidUser(MalformedSecret):
    """``user`` can't be the name of a Snowflake user."""


class UnreadableKey(MalformedSecret):
    """A key is not an RSA key in PEM or base64, or is damaged."""


class PassphraseDoesNotFit(UnreadableKey):
    """The private key is encrypted and the passphrase missing or wrong, or it needs none."""

    remedy = (
        "Put the passphrase that belongs to the key into the secret; take it out if the key is "
        "not encrypted. Then rotate again."
    )


class UnknownKeyEncryption(UnreadableKey):
    """The private key is encrypted in a way that the cryptography library does not open."""

    remedy = (
        "Encrypt the same key anew: `openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 "
        "-in OLD.p8 -out NEW.p8` (older kinds need `-provider default -provider legacy`). Put "
        "NEW.p8 into the secret, then rotate again."
    )


class KeyTooCostly(MalformedSecret):
    """Reading the key would take more time or memory than a step has for it."""

    untouched = "It was not opened, and nothing was changed."
    remedy = (
        "Write the same key anew: `openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 "
        "-iter 600000 -in OLD.p8 -out NEW.p8`, or make a key of at most 8,192 bits. Put it into "
        "the secret, then rotate again. If nobody of yours wrote it, find out who may."
    )


class KeyTooShort(MalformedSecret):
    """The RSA key has fewer bits than Snowflake's minimum."""

    remedy = "Install a key of at least 2048 bits by hand, store it in the secret, then rotate."


class KeyPairMismatch(MalformedSecret):
    """``publicKey`` is not the public half of ``privateKey``."""


class SecretTooLarge(MalformedSecret):
    """The renewed value would pass Secrets Manager's size limit."""

    remedy = "Take fields out of the secret, or choose a smaller KEY_SIZE, then rotate again."


class KeyNotRenewed(RotationError):
    """AWSPENDING holds AWSCURRENT's key: someone copied it there, or a test left it."""

    remedy = "Remove AWSPENDING from that version and rotate again: a new key pair is made."


class IdentityChanged(RotationError):
    """AWSPENDING names another account or user than AWSCURRENT."""

    remedy = (
        "Cancel the rotation (`aws secretsmanager cancel-rotate-secret`), remove AWSPENDING "
        "from that version, and find out who edited it before rotating again."
    )


class IdentityNotAllowed(RotationError):
    """The secret names an account or a user that the stack does not allow."""

    untouched = "Nothing was changed, and nobody logged in with this secret."
    remedy = (
        "Find out who edited the secret, and put the intended account and user back. If they "
        "are intended, add them to the stack's parameter AllowedSnowflakeAccounts or "
        "AllowedUsers. Then rotate again."
    )
