#!/usr/bin/env bash
# An encrypted PKCS#8 key whose PBKDF2 spells out HMAC-SHA1, its default, as JDK 17 writes it.
#
# Guess: whoever opens the one writing opens the other; the key is the same.
# Seen:  cryptography 44.0.3 and pycryptodome 3.23.0 open both. cryptography 50.0.2 opens only the
#        one that leaves the default out, and says that the data or the passphrase may be wrong.
# So:    a key that Java encrypted stops opening after an upgrade, with the right passphrase.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/try.py" <<'PYTHON'
import hashlib
import sys

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)


def der(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + size.to_bytes(width, "big") + content


PBES2, PBKDF2 = bytes.fromhex("2a864886f70d01050d"), bytes.fromhex("2a864886f70d01050c")
HMAC_SHA1, AES = bytes.fromhex("2a864886f70d0207"), bytes.fromhex("60864801650304012a")
key = generate_private_key(65537, 2048).private_bytes(
    Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
)
padding = 16 - len(key) % 16
derived = hashlib.pbkdf2_hmac("sha1", b"words", b"saltsalt", 2048, 32)
encryptor = Cipher(algorithms.AES(derived), modes.CBC(bytes(16))).encryptor()
sealed = encryptor.update(key + bytes([padding]) * padding) + encryptor.finalize()


def written(prf):
    pbkdf2 = der(0x30, der(4, b"saltsalt"), der(2, b"\x08\x00"), prf)
    derivation = der(0x30, der(6, PBKDF2), pbkdf2)
    cipher = der(0x30, der(6, AES), der(4, bytes(16)))
    return der(0x30, der(0x30, der(6, PBES2), der(0x30, derivation, cipher)), der(4, sealed))


def with_cryptography(octets):
    load_der_private_key(octets, b"words")


def with_pycryptodome(octets):
    from Crypto.PublicKey import RSA

    RSA.import_key(octets, passphrase="words")


opening = with_pycryptodome if sys.argv[1] == "pycryptodome" else with_cryptography
for name, prf in (("left out", b""), ("spelled out", der(0x30, der(6, HMAC_SHA1), b"\x05\x00"))):
    try:
        opening(written(prf))
        print(f"{sys.argv[1]}, {name}: opens")
    except ValueError:
        print(f"{sys.argv[1]}, {name}: ValueError")
PYTHON
for version in 44.0.3 50.0.2; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check \
        "cryptography==$version" pycryptodome==3.23.0
done
seen=$(
    "$folder/44.0.3/bin/python" "$folder/try.py" "cryptography 44.0.3"
    "$folder/44.0.3/bin/python" "$folder/try.py" pycryptodome
    "$folder/50.0.2/bin/python" "$folder/try.py" "cryptography 50.0.2"
)
echo "$seen"
[ "$seen" = "cryptography 44.0.3, left out: opens
cryptography 44.0.3, spelled out: opens
pycryptodome, left out: opens
pycryptodome, spelled out: opens
cryptography 50.0.2, left out: opens
cryptography 50.0.2, spelled out: ValueError" ]
