"""AWS's services on 127.0.0.1, as real SDKs meet them.

A room uses only the rooms in the rows below its own.

===================  ==============================================================
``ecs``              ECS: tasks are processes that get their secrets as Fargate does
``secrets_manager``  Secrets Manager: moto's storage, AWS's rotation
``lambda_runtime``   Lambda: the real runtime client in a process of its own
``json``             the protocol that Secrets Manager and ECS share
===================  ==============================================================
"""
