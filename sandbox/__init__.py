"""Stand-ins for Snowflake, Secrets Manager, ECS and Lambda on 127.0.0.1. Never deployed.

Nothing here imports ``rotation``, and ``rotation`` imports nothing from here: the function
meets these servers over HTTP only, as it meets the real ones.

=============  ====================================================================
``programs``   ``make demo``, ``make fargate``, and the servers kept up for other clients
``stack``      all wired together around one user and one secret
``snowflake``  Snowflake's protocol: real clients log in with a key pair
``aws``        Secrets Manager, ECS, and Lambda with its real runtime client
``http``       the HTTP server
=============  ====================================================================
"""
