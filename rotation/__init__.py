"""Rotation of a Snowflake user's RSA key pair for AWS Secrets Manager.

Map, from the outside in. A module imports only from the rows below its own;
``tests/architecture`` asserts it.

==========================================  =====================================================
``handler``                                 composition root; alone knows Lambda and Powertools
``steps``                                   the four steps: observe, decide, act
``secrets_manager``, ``snowflake_user``     adapters: boto3 and the Snowflake connector
``snowflake_errors``                        what the connector's errors mean
``settings``                                alone reads the environment
``decisions``                               pure rules: labels, slot choice, retirement
``credential``, ``secret_document``         a secret's content, read and rewritten
``keypair``                                 RSA keys: generate, read, write, fingerprint
``ports``                                   what the steps need from AWS and Snowflake
``model``, ``errors``                       words and refusals; standard library only
==========================================  =====================================================
"""
