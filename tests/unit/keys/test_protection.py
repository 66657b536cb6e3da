"""How a key is encrypted is read before anything is derived: by name, and what it would cost.

The samples are made as the tests run: ``openssl pkcs8 -topk8`` with each of its options.
"""

import base64
import hashlib
import subprocess

import pytest
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ObjectIdentifier

from rotation.errors.secret import KeyTooCostly, UnknownKeyEncryption, UnreadableKey
from rotation.keys import bounds, encrypted, identifiers, loading, pair, protection
from rotation.keys.sealed import Costly
from tests.shared import keys

WORDS = "open sesame"
KEY = keys.key("current")
# What `openssl pkcs8 -topk8` is told, by the name of what is special in its output.
OPTIONS = {
    "PBE-MD5-DES": "-v1 PBE-MD5-DES",
    "PBE-SHA1-3DES": "-v1 PBE-SHA1-3DES",
    "PBE-SHA1-RC2-40": "-v1 PBE-SHA1-RC2-40",
    "AES-128-CBC": "-v2 aes-128-cbc",
    "AES-192-CBC": "-v2 aes-192-cbc",
    "AES-256-CBC": "-v2 aes-256-cbc",
    "DES-EDE3-CBC": "-v2 des3",
    "RC2-CBC": "-v2 rc2-cbc",
    "HMAC-SHA1": "-v2 aes-256-cbc -v2prf hmacWithSHA1",
    "HMAC-SHA224": "-v2 aes-256-cbc -v2prf hmacWithSHA224",
    "HMAC-SHA384": "-v2 aes-256-cbc -v2prf hmacWithSHA384",
    "HMAC-SHA512": "-v2 aes-256-cbc -v2prf hmacWithSHA512",
    "scrypt": "-scrypt -scrypt_N 1024 -scrypt_r 8 -scrypt_p 1",
    "PBE-SHA1-DES": "-v1 PBE-SHA1-DES",
    "PBE-MD5-RC2-64": "-v1 PBE-MD5-RC2-64",
    "PBE-SHA1-RC2-64": "-v1 PBE-SHA1-RC2-64",
    "PBE-SHA1-RC4-128": "-v1 PBE-SHA1-RC4-128",
    "PBE-SHA1-RC4-40": "-v1 PBE-SHA1-RC4-40",
    "PBE-SHA1-2DES": "-v1 PBE-SHA1-2DES",
    "PBE-SHA1-RC2-128": "-v1 PBE-SHA1-RC2-128",
    "DES-CBC": "-v2 des-cbc",
    "CAMELLIA-128-CBC": "-v2 camellia-128-cbc",
    "CAMELLIA-192-CBC": "-v2 camellia-192-cbc",
    "CAMELLIA-256-CBC": "-v2 camellia-256-cbc",
    "ARIA-128-CBC": "-v2 aria-128-cbc",
    "ARIA-192-CBC": "-v2 aria-192-cbc",
    "ARIA-256-CBC": "-v2 aria-256-cbc",
    "SEED-CBC": "-v2 seed-cbc",
    "SM4-CBC": "-v2 sm4-cbc",
    "HMAC-MD5": "-v2 aes-256-cbc -v2prf hmacWithMD5",
    "HMAC-SHA512-224": "-v2 aes-256-cbc -v2prf hmacWithSHA512-224",
    "HMAC-SHA512-256": "-v2 aes-256-cbc -v2prf hmacWithSHA512-256",
    "the algorithm 2.16.840.1.101.3.4.1.44": "-v2 aes-256-cfb",
}
OPENED = sorted(OPTIONS.keys() & set(identifiers.OPENED.values()))
NOT_OPENED = sorted(OPTIONS.keys() - set(OPENED))


@asn1.sequence
class Prf:
    algorithm: ObjectIdentifier
    parameters: asn1.Null


@asn1.sequence
class Pbkdf2:
    salt: bytes
    iterations: int
    key_length: int | None
    prf: Prf | None


@asn1.sequence
class Scrypt:
    salt: bytes
    cost: int
    block_size: int
    parallelization: int
    key_length: int | None


@asn1.sequence
class Derivation:
    algorithm: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class AesCbc:
    algorithm: ObjectIdentifier
    vector: bytes


@asn1.sequence
class Pbes2:
    derivation: Derivation
    cipher: AesCbc


@asn1.sequence
class Encryption:
    algorithm: ObjectIdentifier
    parameters: Pbes2


@asn1.sequence
class Sealed:
    encryption: Encryption
    octets: bytes


VECTOR = bytes(16)
PBKDF2, SCRYPT = "1.2.840.113549.1.5.12", "1.3.6.1.4.1.11591.4.11"
HMAC_SHA1 = Prf(algorithm=ObjectIdentifier("1.2.840.113549.2.7"), parameters=asn1.Null())


def sealed(kind: str, parameters: Pbkdf2 | Scrypt, octets: bytes) -> str:
    """Return base64 of an EncryptedPrivateKeyInfo with these parameters."""
    derivation = Derivation(
        algorithm=ObjectIdentifier(kind),
        parameters=asn1.decode_der(asn1.TLV, asn1.encode_der(parameters)),
    )
    cipher = AesCbc(algorithm=ObjectIdentifier("2.16.840.1.101.3.4.1.42"), vector=VECTOR)
    pbes2 = Pbes2(derivation=derivation, cipher=cipher)
    encryption = Encryption(algorithm=ObjectIdentifier("1.2.840.113549.1.5.13"), parameters=pbes2)
    return base64.b64encode(asn1.encode_der(Sealed(encryption=encryption, octets=octets))).decode()


def aes(key: bytes) -> bytes:
    padder = PKCS7(128).padder()
    plain = padder.update(pair.private_key_der(KEY)) + padder.finalize()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(VECTOR)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def as_jdk_17_writes_it() -> str:
    """HMAC-SHA1 is the default, and spelled out all the same."""
    key = hashlib.pbkdf2_hmac("sha1", WORDS.encode(), b"salt", 2048, 32)
    parameters = Pbkdf2(salt=b"salt", iterations=2048, key_length=None, prf=HMAC_SHA1)
    return sealed(PBKDF2, parameters, aes(key))


def pbkdf2(rounds: int, key_length: int | None = None) -> str:
    parameters = Pbkdf2(salt=b"salt", iterations=rounds, key_length=key_length, prf=None)
    return sealed(PBKDF2, parameters, bytes(16))


def scrypt(cost: int, block_size: int = 8, times: int = 1, key_length: int | None = None) -> str:
    parameters = Scrypt(
        salt=b"salt",
        cost=cost,
        block_size=block_size,
        parallelization=times,
        key_length=key_length,
    )
    return sealed(SCRYPT, parameters, bytes(16))


def text(name: str) -> str:
    """Return the key as openssl encrypts it. Skips where openssl is older or not there."""
    legacy = ("-provider", "default", "-provider", "legacy")
    command = ["openssl", "pkcs8", "-topk8", "-outform", "DER", "-passout", f"pass:{WORDS}"]
    pem = pair.private_key_pem(KEY).encode()
    try:
        made = subprocess.run(
            [*command, *OPTIONS[name].split(), *legacy], input=pem, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl 3 with its old ciphers is not on this machine")
    return base64.b64encode(made.stdout).decode()


@pytest.mark.parametrize("name", OPENED)
def test_what_is_listed_as_opened_is_opened(name: str) -> None:
    found = pair.read_private_key(text(name), WORDS)
    assert found.private_numbers() == KEY.private_numbers()


@pytest.mark.parametrize("name", NOT_OPENED)
def test_another_encryption_is_named_though_the_passphrase_is_right(name: str) -> None:
    with pytest.raises(UnknownKeyEncryption) as caught:
        pair.read_private_key(text(name), WORDS, "pem_private_key")
    assert caught.value.found == (
        f"pem_private_key is encrypted with {name}; that is not read here."
    )
    assert "openssl pkcs8 -topk8" in str(caught.value)


def test_everything_listed_is_met_but_what_openssl_does_not_write() -> None:
    met = set(OPTIONS)
    assert set(identifiers.OPENED.values()) - met == {"HMAC-SHA256", "PBKDF2"}, "the default's own"
    assert {"PBE-SHA1-DES", "CAMELLIA-256-CBC", "HMAC-SHA512-256"} <= met


@pytest.mark.parametrize("cipher", ["CAMELLIA-256-CBC", "ARIA-256-CBC", "SEED-CBC", "DES-CBC"])
def test_the_encryption_in_a_header_is_named_too(cipher: str) -> None:
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    first, rest = pem.split("\n", 1)
    headed = f"{first}\nProc-Type: 4,ENCRYPTED\nDEK-Info: {cipher},{'0' * 16}\n\n{rest}"
    with pytest.raises(UnknownKeyEncryption, match=f"is encrypted with {cipher};"):
        pair.read_private_key(headed, WORDS)


def test_a_default_that_is_spelled_out_is_read() -> None:
    assert pair.read_private_key(as_jdk_17_writes_it(), WORDS).private_numbers() == (
        KEY.private_numbers()
    )


MOST = bounds.MOST_DERIVATION_ROUNDS
COSTLY = {
    "one round more": (pbkdf2(MOST + 1), f"asks for {MOST + 1:,} rounds of key derivation"),
    "more rounds than fit into 64 bits": (pbkdf2(2**70), "rounds of key derivation"),
    "a long derived key": (pbkdf2(1, 65), "asks for a derived key of 65 bytes"),
    "twice the memory": (scrypt(2**18), "asks scrypt for 256 MiB, 1 times over"),
    "the memory by the size of a block": (scrypt(2**14, 72), "asks scrypt for 144 MiB"),
    "three times the work": (scrypt(2**17, 8, 3), "asks scrypt for 128 MiB, 3 times over"),
    "a long key from scrypt": (scrypt(2, 1, 1, 65), "asks for a derived key of 65 bytes"),
}


@pytest.mark.parametrize("case", COSTLY)
def test_what_costs_more_than_its_bound_is_refused_unread(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(loading, "load_der", refuse)
    written, said = COSTLY[case]
    with pytest.raises(KeyTooCostly) as caught:
        pair.read_private_key(written, WORDS)
    assert said in caught.value.found
    assert "It was not opened" in str(caught.value)


@pytest.mark.parametrize(
    "written", [pbkdf2(MOST), pbkdf2(1, 32), scrypt(2**17), scrypt(2**16, 8, 2)]
)
def test_at_its_bound_a_key_is_still_for_the_library(written: str) -> None:
    assert isinstance(protection.examine(base64.b64decode(written)), bytes)


def test_what_real_tools_write_is_far_below_the_bounds() -> None:
    """OWASP's numbers for PBKDF2 and scrypt, and our own."""
    assert max(encrypted.ITERATIONS, 1_300_000) < bounds.MOST_DERIVATION_ROUNDS
    assert isinstance(protection.examine(base64.b64decode(scrypt(2**17, 8, 1))), bytes)


def test_old_kinds_have_their_rounds_counted_too() -> None:
    """PBES1 and PKCS#12's kinds: a salt and a number of rounds."""

    @asn1.sequence
    class Pbe:
        salt: bytes
        iterations: int

    @asn1.sequence
    class OldEncryption:
        algorithm: ObjectIdentifier
        parameters: Pbe

    @asn1.sequence
    class OldSealed:
        encryption: OldEncryption
        octets: bytes

    kind = ObjectIdentifier("1.2.840.113549.1.12.1.3")
    for rounds, refused in ((MOST, False), (MOST + 1, True)):
        parameters = Pbe(salt=b"saltsalt", iterations=rounds)
        encryption = OldEncryption(algorithm=kind, parameters=parameters)
        der = asn1.encode_der(OldSealed(encryption=encryption, octets=bytes(16)))
        assert isinstance(protection.examine(der), Costly) is refused


def test_a_modulus_above_the_bound_is_refused_by_its_size() -> None:
    class Large:
        key_size = bounds.MOST_MODULUS_BITS + 8

    with pytest.raises(KeyTooCostly, match="privateKey has 8,200 bits; at most 8,192 are read"):
        pair._require_size(Large.key_size, "privateKey")
    pair._require_size(bounds.MOST_MODULUS_BITS, "privateKey")


def test_a_public_key_above_the_bound_is_refused_too() -> None:
    numbers = generate_private_key(65537, 2048).public_key().public_numbers()
    grown = type(numbers)(numbers.e, numbers.n << 6200 | 1).public_key()
    with pytest.raises(KeyTooCostly, match="publicKey has 8,248 bits"):
        pair.read_public_key(pair.public_key_pem(grown))


def test_pem_markers_are_counted_before_blocks_are_looked_for() -> None:
    many = pair.private_key_pem(KEY) * (bounds.MOST_PEM_MARKERS + 1)
    with pytest.raises(KeyTooCostly, match="privateKey holds 21 PEM markers; at most 20"):
        pair.read_private_key(many)
    with pytest.raises(UnreadableKey, match="holds 20 PEM blocks instead of one"):
        pair.read_private_key(pair.private_key_pem(KEY) * bounds.MOST_PEM_MARKERS)


def test_three_primes_are_named() -> None:
    """RFC 8017's version 1 has a list of further primes behind the eight numbers."""
    own = KEY.private_numbers()
    public = own.public_numbers

    @asn1.sequence
    class Further:
        prime: int
        exponent: int
        coefficient: int

    @asn1.sequence
    class MultiPrime:
        version: int
        n: int
        e: int
        d: int
        p: int
        q: int
        dmp1: int
        dmq1: int
        iqmp: int
        others: list[Further]

    key = MultiPrime(
        version=1,
        n=public.n * 3,
        e=public.e,
        d=own.d,
        p=own.p,
        q=own.q,
        dmp1=own.dmp1,
        dmq1=own.dmq1,
        iqmp=own.iqmp,
        others=[Further(prime=3, exponent=1, coefficient=1)],
    )
    written = base64.b64encode(asn1.encode_der(key)).decode()
    with pytest.raises(UnreadableKey, match="is an RSA key of more than two primes"):
        pair.read_private_key(written)


def test_no_salt_and_no_vector_has_the_second_byte_that_jsrsasign_misreads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = [bytes([1, 0x0E, *range(14)]), bytes([1, 0x0F, *range(14)])] * 2
    monkeypatch.setattr("secrets.token_bytes", lambda _: drawn.pop(0))
    der = encrypted.encrypt(pair.private_key_der(KEY), WORDS)
    assert not drawn, "each was drawn again"
    assert der.count(bytes([1, 0x0F, *range(14)])) == 2
