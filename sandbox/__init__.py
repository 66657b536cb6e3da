"""Stand-ins for Snowflake, Secrets Manager, ECS and Lambda on 127.0.0.1. Never deployed.

Nothing here imports ``rotation``, and ``rotation`` imports nothing from here: the function
meets these servers over HTTP only, as it meets the real ones.

A room uses only the rooms in the rows below its own; ``aws`` and ``snowflake`` have maps too.
``tests/architecture`` reads the ranks from them.

=====================  =======================================================================
``__main__``           ``python -m sandbox``
``programs``           ``make demo``, ``make fargate``, and the servers kept up for others
``stack``              all wired together around one user and one secret
``snowflake`` ``aws``  Snowflake's protocol; Secrets Manager, ECS and Lambda
``server``             from a request to its reply; how a server starts and stops
``faults``             what is to go wrong
``http`` ``record``    the HTTP server; what clients asked for
=====================  =======================================================================
"""
