"""Reads that are stale right after a write."""

from sandbox.aws.secrets_manager import SecretsManagerServer


def test_so_many_reads_after_a_write_answer_from_before_it() -> None:
    with SecretsManagerServer() as aws:
        aws.let_reads_be_stale(2)
        client = aws.client()
        arn = client.create_secret(Name="app", SecretString="first")["ARN"]

        def read() -> str:
            return client.get_secret_value(SecretId=arn)["SecretString"]

        assert read() == "first"
        client.put_secret_value(SecretId=arn, SecretString="second")
        assert [read(), read(), read()] == ["first", "first", "second"]
        client.put_secret_value(SecretId=arn, SecretString="third")
        assert len(client.describe_secret(SecretId=arn)["VersionIdsToStages"]) == 2
        assert [read(), read()] == ["second", "third"]
