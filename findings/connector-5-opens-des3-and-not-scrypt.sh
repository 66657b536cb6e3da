#!/usr/bin/env bash
# Which encrypted keys snowflake-connector-python 5.2.0 opens, of those that openssl writes.
#
# Guess: the stronger the encryption, the likelier it is opened; DES and MD5 are gone.
# Seen:  5.2.0 opens `-v2 des3`, and old PEM whose key is derived with one round of MD5. It opens no
#        key derived with scrypt, openssl's only memory-hard choice, and none with HMAC-SHA224. For
#        `-v1 PBE-SHA1-3DES` it reports malformed ASN.1, though openssl and cryptography read it.
# So:    whoever hardens a key file with scrypt cuts off every client on connector 5.
# It needs openssl. A key counts as opened when a login with a token reaches the server.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/try.py" <<'PYTHON'
import gzip
import json
import os
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

os.environ |= {"NO_PROXY": "127.0.0.1", "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true"}
warnings.simplefilter("ignore")

import snowflake.connector
from cryptography.hazmat.primitives.serialization import load_pem_private_key

tokens = []
REFUSED = {"data": None, "code": "390144", "message": "JWT token is invalid.", "success": False}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        tokens.append(json.loads(body).get("data", {}).get("TOKEN"))
        answer = json.dumps(REFUSED).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
for path in sys.argv[1:]:
    pem = Path(path).read_text()
    load_pem_private_key(pem.encode(), b"words")  # raises if the file is not what it should be
    tokens.clear()
    why = ""
    try:
        snowflake.connector.connect(
            account="org-account",
            user="somebody",
            host="127.0.0.1",
            port=server.server_address[1],
            protocol="http",
            authenticator="SNOWFLAKE_JWT",
            private_key=pem,
            private_key_passphrase="words",
            login_timeout=5,
        )
    except snowflake.connector.errors.Error as error:
        words = ("scrypt", "pseudo-random function", "malformed ASN.1")
        why = next((f" ({word})" for word in words if word in str(error)), "")
    print(f"{Path(path).name}: {'opened' if any(tokens) else 'refused' + why}")
PYTHON
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check \
    snowflake-connector-python==5.2.0 cryptography==50.0.2
cd "$folder"
openssl genrsa -out plain.pem 2048 2> /dev/null
pkcs8() { openssl pkcs8 -topk8 -in plain.pem -passout pass:words -out "$1" "${@:2}"; }
pkcs8 aes-256 -v2 aes-256-cbc
pkcs8 des3 -v2 des3
pkcs8 scrypt -scrypt
pkcs8 hmac-sha224 -v2 aes-256-cbc -v2prf hmacWithSHA224
pkcs8 pbe-sha1-3des -v1 PBE-SHA1-3DES
openssl rsa -in plain.pem -traditional -aes128 -passout pass:words -out md5-header 2> /dev/null
seen=$("$folder/env/bin/python" try.py aes-256 des3 md5-header scrypt hmac-sha224 pbe-sha1-3des 2> /dev/null)
echo "snowflake-connector-python 5.2.0, $(openssl version)"
echo "$seen"
[ "$seen" = "aes-256: opened
des3: opened
md5-header: opened
scrypt: refused (scrypt)
hmac-sha224: refused (pseudo-random function)
pbe-sha1-3des: refused (malformed ASN.1)" ]
