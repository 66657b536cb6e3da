"""Rotation of a Snowflake user's RSA key pair for AWS Secrets Manager.

Map, from the outside in. A room uses only the rooms in the rows below its own, and within a
room nothing goes round in a circle. ``tests/architecture`` reads the ranks from this table.

=========================================  ======================================================
``handler`` ``hourly_handler``             the doors: one for each Lambda function
``retirement``                             what runs by the hour, and what a person asks for
``steps``                                  the four steps, and errands: observe, decide, act
``snowflake_api`` ``aws_api``              the real Snowflake, Secrets Manager, ECS and Lambda
``telemetry``                              log lines and metrics; the set-up of Powertools
``ports`` ``settings``                     what is needed from outside; the functions' settings
``environment``                            how a variable of the environment is read
``keys``                                   a secret's content: document, form, key pair
``rules``                                  every decision: standard library only, no I/O, no clock
``errors``                                 every refusal and failure, by topic
=========================================  ======================================================
"""
