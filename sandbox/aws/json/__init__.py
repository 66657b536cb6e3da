"""What Secrets Manager and ECS have in common: AWS's JSON 1.1 protocol on 127.0.0.1.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html

===============  ======================================================
application.py   one request: record, faults, dispatch
clients.py       boto3 clients of one server, closed together
faults.py        what can go wrong before or after an operation
record.py        the calls made from outside, without values
shapes.py        JSON objects
replies.py       answers and errors as the protocol carries them
===============  ======================================================
"""
