"""The embedded Secrets Manager: moto's storage, AWS's behaviour where moto has its own.

=================  ===========================================================
server.py          SecretsManagerServer: what tests and the demo use
application.py     the operations behind the protocol of sandbox.aws.json
responses.py       moto's request handling with the parameters it leaves out
backend.py         putting values, moving labels, starting rotations
reading.py         reading secrets and versions
answers.py         what the reading operations answer
lookup.py          which version a request means, which label moves are refused
rotations.py       RotateSecret: when it starts, is refused, is reattempted
rotation_run.py    one run through a function's steps
versions.py        which version holds which staging label
schedule.py        rotation rules and the date they lead to
events.py          the EventBridge events of labels that move
ageing.py          time that passes for one secret
snapshot.py        a state to go back to
stale.py           reads that are stale right after a write
errors.py          AWS's errors in AWS's words
=================  ===========================================================
"""

from sandbox.aws.secrets_manager.rotation_run import RotationOutcome, StepOutcome
from sandbox.aws.secrets_manager.server import SecretsManagerServer
from sandbox.aws.secrets_manager.versions import AfterPromotion

__all__ = ["AfterPromotion", "RotationOutcome", "SecretsManagerServer", "StepOutcome"]
