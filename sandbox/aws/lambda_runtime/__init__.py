"""The embedded Lambda: the real runtime client against a Runtime API server of ours.

=========================  ===================================================
function.py                LambdaFunction: invoke, kill, scale out
execution_environment.py   one process and one Runtime API, as one Lambda sandbox
runtime_api.py             the HTTP side of the Runtime API
runtime_state.py           what the runtime is doing: starting, polling, busy, gone
failures.py                what Lambda answers for crashes and time-outs
process_environment.py     the environment variables Lambda gives a function
log_pipe.py                what the process writes, cut by invocation
=========================  ===================================================
"""

from sandbox.aws.lambda_runtime.function import LambdaFunction
from sandbox.aws.lambda_runtime.invocation import Invocation

__all__ = ["Invocation", "LambdaFunction"]
