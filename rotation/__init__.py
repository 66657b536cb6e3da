"""Rotation of a Snowflake user's RSA key pair for AWS Secrets Manager.

Map, from the outside in. A module imports only from the rows below its own;
``tests/architecture`` asserts it.

==========================================  =====================================================
``handler``                                 composition root; alone knows Lambda and Powertools
``steps``                                   the four steps: observe, decide, act
``logins``, ``observation``                 which key proves itself; what a step reads of a secret
``secrets_manager``, ``snowflake_user``     adapters: boto3 and the Snowflake connector
``snowflake_errors``                        what the connector's errors mean
``connector_timeouts``                      time-outs as each line of the connector takes them
``settings``                                alone reads the environment
``decisions``                               pure rules: labels, slot choice, retirement
``ports``                                   what the steps need from AWS and Snowflake
``credential``, ``secret_document``         a secret's content, read and rewritten
``keypair``                                 RSA keys: generate, read, write, fingerprint
``model``, ``errors``                       words and refusals; standard library only
==========================================  =====================================================
"""
