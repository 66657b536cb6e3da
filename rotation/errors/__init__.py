"""Every refusal and failure, as one tree.

A message has three parts: what was found, what was left untouched, what to do next.
Each class is one reason; its name is what logs, metrics and alarms show. Messages are
made from names, codes and fingerprints only, never from key material, and nothing of the
library error below is kept: its text might hold what must not be printed.

=====================  ==================================================================
``base``               the base of the tree
``function``           the function's own set-up, time and event
``secret``             what is wrong with a secret: its labels, its content, whose it is
``slots``              what a user's slots hold, and what keeps a step from changing them
``admin``              the rotation admin
``snowflake_answers``  what Snowflake answered
``aws_answers``        what Secrets Manager and ECS answered
``retirement``         the retirement function, and what a person asks of it
=====================  ==================================================================
"""
