"""What Secrets Manager and ECS have in common: AWS's JSON 1.1 protocol on 127.0.0.1.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html

===============  ======================================================
application.py   the protocol around a service's operations
clients.py       boto3 clients of one server, closed together
failures.py      a fault: AWS refuses
shapes.py        JSON objects
replies.py       answers and errors as the protocol carries them
===============  ======================================================
"""
