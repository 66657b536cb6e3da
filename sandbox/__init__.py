"""Stand-ins for Snowflake, Secrets Manager, ECS and Lambda on 127.0.0.1. Never deployed.

Nothing here imports ``rotation``, and ``rotation`` imports nothing from here: the function
meets these servers over HTTP only, as it meets the real ones.

=====================  ============================================================
``snowflake``          Snowflake's protocol: real clients log in with a key pair
``secrets_manager``    Secrets Manager: moto's storage, AWS's rotation
``lambda_runtime``     Lambda: the real runtime client in a process of its own
``stack``              all wired together around one user and one secret
``pipeline_user``      that user and that secret
``ecs``                ECS: tasks are processes that get their secrets as Fargate does
``aws_json``           the protocol that Secrets Manager and ECS share
``lambda_api``         Lambda's Invoke, for a function that invokes another
``demo``               ``make demo``
``fargate``            ``make fargate``; ``fargate_template`` reads the example's template
``serve``              the servers kept up for other clients
=====================  ============================================================
"""
