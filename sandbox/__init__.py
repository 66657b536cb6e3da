"""Stand-ins for Snowflake, Secrets Manager and Lambda on 127.0.0.1. Never deployed.

Nothing here imports ``rotation``, and ``rotation`` imports nothing from here: the function
meets these servers over HTTP only, as it meets the real ones.

=====================  ============================================================
``snowflake``          Snowflake's protocol: real clients log in with a key pair
``secrets_manager``    Secrets Manager: moto's storage, AWS's rotation
``lambda_runtime``     Lambda: the real runtime client in a process of its own
``stack``              the three wired together around one user and one secret
``demo``               ``make demo``
``serve``              the servers kept up for other clients
=====================  ============================================================
"""
