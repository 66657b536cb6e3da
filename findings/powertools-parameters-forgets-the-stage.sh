#!/usr/bin/env bash
# Powertools' parameters: one cached value serves every staging label of a secret.
#
# Guess: a read of AWSPENDING and a read without a label are kept apart.
# Seen:  aws-lambda-powertools 3.37.0 caches by name and transform. After get(name,
#        VersionStage="AWSPENDING") the plain get(name) answers from the cache: the pending value,
#        for five minutes, without asking AWS.
# So:    one provider a stage, or force_fetch=True. A consumer that looks at AWSPENDING once logs in
#        with a key that may be in no slot yet.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check \
    aws-lambda-powertools==3.37.0 boto3==1.44.0
seen=$("$folder/env/bin/python" - <<'PYTHON'
import boto3
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from botocore.stub import Stubber

client = boto3.client(
    "secretsmanager", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
)
answers = Stubber(client)
for value in ("the pending value", "the current value"):
    answers.add_response("get_secret_value", {"SecretString": value})
answers.activate()
provider = SecretsProvider(boto3_client=client)
print("AWSPENDING:", provider.get("app", VersionStage="AWSPENDING"))
print("plain:", provider.get("app"))
print("plain, forced:", provider.get("app", force_fetch=True))
PYTHON
)
echo "aws-lambda-powertools 3.37.0"
echo "$seen"
[ "$seen" = "AWSPENDING: the pending value
plain: the pending value
plain, forced: the current value" ]
