"""Rotation of a Snowflake user's RSA key pair for AWS Secrets Manager.

Three Lambda functions: ``handler`` rotates, ``watch_handler`` reports how fresh the keys are,
``retirement_handler`` rolls the tasks that hold an old key and has it retired.

Map, from the outside in. A module imports only from the rows below its own;
``tests/architecture`` asserts it.

==========================================  =====================================================
``handler``, ``watch_handler``,             composition roots: one for each Lambda function
``retirement_handler``
``retirement_report``                       what a run of the retirement function says
``telemetry``                               log lines and metrics; the set-up of Powertools
``steps``                                   the four steps: observe, decide, act
``watch``                                   the watch: observe, decide
``leaked_key``                              what a person asks for when a key has to go now
``retirement``                              the retirement of old keys: a reconciliation
``first_key``                               setSecret and testSecret for a user without a key
``old_key``                                 the retirement function's errands: look at keys, retire
``snowflake_admin``                         adapter: the rotation admin in Snowflake
``logins``, ``observation``                 which key proves itself; what a step reads of a secret
``report``                                  what a step says about itself
``rotating_secrets``                        adapter: boto3, the secrets as retirement needs them
``secrets_manager``, ``attached_secrets``   adapters: boto3, for one secret and for all of them
``snowflake_user``                          adapter: the service user in Snowflake
``snowflake_connection``                    adapter: the Snowflake connector
``ecs_clusters``                            adapter: ECS, its services and tasks
``task_definitions``                        adapter: ECS, what tasks are started with
``rotation_function``                       adapter: the rotation function, invoked
``secrets_manager_errors``, ``aws_errors``  what boto3's errors mean
``snowflake_errors``                        what the connector's errors mean
``connector_timeouts``                      time-outs as each line of the connector takes them
``settings``                                alone reads the environment
``decisions``                               pure rules: labels, identity, slot choice, retirement
``freshness``                               pure rules: a key's age, a rotation that is overdue
``retention``                               pure rules: how long an old key stays
``consumers``                               pure rules: who holds an old key, what is to be rolled
``key_errand``                              what the two functions say to each other
``ports``                                   what steps and watch need from AWS and Snowflake
``credential``, ``secret_document``         a secret's content, read and rewritten
``secret_form``                             how a secret is written: names, shapes, encryption
``keypair``                                 RSA keys: generate, read, write, fingerprint
``key_text``, ``encrypted_key``             the shapes of a key's text; encrypted PKCS#8
``account_identifier``                      pure rule: an account's host, and its name in a token
``name_patterns``                           pure rule: which accounts and users are allowed
``model``, ``errors``                       words and refusals; standard library only
==========================================  =====================================================
"""
