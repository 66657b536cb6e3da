#!/usr/bin/env bash
# moto's Secrets Manager, after AWSCURRENT was moved to another version.
#
# Guess: a read without a label and a read of AWSCURRENT give one value.
# Seen:  moto 5.2.5 answers GetSecretValue without a label with the version that was current before
#        UpdateSecretVersionStage, and GetSecretValue of AWSCURRENT with the new one. And
#        PutSecretValue of other data under the same token replaces the value; AWS refuses it.
# So:    a rotation function that is tested on moto alone can pass with a promotion that reaches
#        nobody, and with a createSecret that makes a second key.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check \
    'moto[secretsmanager]==5.2.5' boto3==1.44.0
seen=$("$folder/env/bin/python" - <<'PYTHON'
import os

os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
import boto3
import moto

with moto.mock_aws():
    client = boto3.client("secretsmanager", region_name="eu-west-1")
    old = client.create_secret(Name="app", SecretString="old")["VersionId"]
    new = client.put_secret_value(
        SecretId="app", SecretString="new", VersionStages=["AWSPENDING"]
    )["VersionId"]
    client.update_secret_version_stage(
        SecretId="app", VersionStage="AWSCURRENT", MoveToVersionId=new, RemoveFromVersionId=old
    )
    read = client.get_secret_value
    print("without a label:", read(SecretId="app")["SecretString"])
    print("AWSCURRENT:", read(SecretId="app", VersionStage="AWSCURRENT")["SecretString"])
    client.put_secret_value(SecretId="app", SecretString="other", ClientRequestToken=new)
    print("other data, same token:", read(SecretId="app", VersionId=new)["SecretString"])
PYTHON
)
echo "moto 5.2.5"
echo "$seen"
[ "$seen" = "without a label: old
AWSCURRENT: new
other data, same token: other" ]
