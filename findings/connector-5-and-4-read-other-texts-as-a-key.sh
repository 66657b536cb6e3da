#!/usr/bin/env bash
# Which texts the Snowflake connector takes as private_key: the two lines agree on one.
#
# Guess: 5 takes what 4 takes, and PEM besides.
# Seen:  snowflake-connector-python 5.2.0 takes PEM whose lines were joined by blanks and the base64
#        of a whole PEM file, which no page mentions. It refuses base64 that is broken into lines, as
#        `base64 key.der` writes it: 4.8.1 takes that. It also refuses PEM behind "Bag Attributes",
#        as `openssl pkcs12 -nodes` writes it. Only the body on one line is taken by both.
# So:    a secret that holds wrapped base64 works until the connector is upgraded.
# A key counts as taken when a login with a token reaches the server, which answers with 390144.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/try.py" <<'PYTHON'
import base64
import gzip
import json
import os
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ |= {"NO_PROXY": "127.0.0.1", "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true"}
warnings.simplefilter("ignore")

import snowflake.connector
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

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
pem = (
    generate_private_key(65537, 2048)
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
body = "".join(pem.splitlines()[1:-1])
TEXTS = {
    "body on one line": body,
    "body, 76 a line": "\n".join(body[n : n + 76] for n in range(0, len(body), 76)),
    "PEM": pem,
    "PEM, lines joined by blanks": pem.replace("\n", " "),
    "PEM behind Bag Attributes": f"Bag Attributes\n    localKeyID: 01\n{pem}",
    "base64 of the PEM file": base64.b64encode(pem.encode()).decode(),
}
for name, text in TEXTS.items():
    tokens.clear()
    try:
        snowflake.connector.connect(
            account="org-account",
            user="somebody",
            host="127.0.0.1",
            port=server.server_address[1],
            protocol="http",
            authenticator="SNOWFLAKE_JWT",
            private_key=text,
            login_timeout=5,
        )
    except snowflake.connector.errors.Error:
        pass
    except (TypeError, ValueError):
        pass
    taken = "taken" if any(tokens) else "refused"
    print(f"{snowflake.connector.__version__} {name}: {taken}")
PYTHON
for version in 4.8.1 5.2.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check \
        "snowflake-connector-python==$version" cryptography==50.0.2
done
seen=$(
    "$folder/4.8.1/bin/python" "$folder/try.py" 2> /dev/null
    "$folder/5.2.0/bin/python" "$folder/try.py" 2> /dev/null
)
echo "$seen"
[ "$seen" = "4.8.1 body on one line: taken
4.8.1 body, 76 a line: taken
4.8.1 PEM: refused
4.8.1 PEM, lines joined by blanks: refused
4.8.1 PEM behind Bag Attributes: refused
4.8.1 base64 of the PEM file: refused
5.2.0 body on one line: taken
5.2.0 body, 76 a line: refused
5.2.0 PEM: taken
5.2.0 PEM, lines joined by blanks: taken
5.2.0 PEM behind Bag Attributes: refused
5.2.0 base64 of the PEM file: taken" ]
