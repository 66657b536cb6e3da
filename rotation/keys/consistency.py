"""Do the numbers of an RSA private key belong together? Told without a primality test.

The key is loaded with the library's own check left out, which looks for composite factors and
costs 45 ms of CPU for 2048 bits and 0.37 s for 4096, every time. Here the key proves itself:
arithmetic of its parts, then one signature that its public half verifies. The reasons are in
docs/adr/0015-a-key-proves-itself.md.
https://csrc.nist.gov/pubs/sp/800/56/b/r2/final (6.4.1, pair-wise consistency)
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers
from cryptography.hazmat.primitives.hashes import SHA256

_MESSAGE = b"pair-wise consistency of an RSA key pair"

# In this order: a later check may divide by what an earlier one has looked at.
_ARITHMETIC: tuple[tuple[str, Callable[[RSAPrivateNumbers], bool]], ...] = (
    (
        "its public exponent is not an odd number of 3 or more",
        lambda k: _is_odd(k.public_numbers.e),
    ),
    ("a factor is not an odd number of 3 or more", lambda k: _is_odd(k.p) and _is_odd(k.q)),
    ("its factors do not multiply to its modulus", lambda k: k.p * k.q == k.public_numbers.n),
    ("its exponents do not undo each other", lambda k: _undo(k, k.p) and _undo(k, k.q)),
    ("its exponent for the first factor is wrong", lambda k: k.dmp1 == k.d % (k.p - 1)),
    ("its exponent for the second factor is wrong", lambda k: k.dmq1 == k.d % (k.q - 1)),
    ("its coefficient is wrong", lambda k: k.iqmp * k.q % k.p == 1 and 0 < k.iqmp < k.p),
)
_DOES_NOT_SIGN = "its public half does not verify what it signs"


def inconsistency(key: RSAPrivateKey) -> str | None:
    """Return what does not fit, None for a sound key.

    Nothing but this function sees a signature before the key is known to be sound: one that is
    made with a damaged part can give the factors away.
    """
    numbers = key.private_numbers()
    wrong = (what for what, holds in _ARITHMETIC if not holds(numbers))
    return next(wrong, None) or (None if _verifies(key) else _DOES_NOT_SIGN)


def _is_odd(number: int) -> bool:
    return number > 1 and number % 2 == 1


def _undo(numbers: RSAPrivateNumbers, factor: int) -> bool:
    return numbers.d * numbers.public_numbers.e % (factor - 1) == 1


def _verifies(key: RSAPrivateKey) -> bool:
    try:
        signature = key.sign(_MESSAGE, PKCS1v15(), SHA256())
        key.public_key().verify(signature, _MESSAGE, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
