"""Answers and errors as the JSON 1.1 protocol carries them."""

from __future__ import annotations

import json

from sandbox.http import HttpReply

__all__ = ["error_reply", "json_reply"]

JSON_1_1 = {"Content-Type": "application/x-amz-json-1.1"}


def json_reply(body: str) -> HttpReply:
    """Return an operation's answer; ``body`` is JSON."""
    return HttpReply(200, body.encode(), JSON_1_1)


def error_reply(
    code: str, message: str, status: int = 400, *, message_field: str = "Message"
) -> HttpReply:
    """Return an error. Services differ in how they write ``message_field``; SDKs take both."""
    body = json.dumps({"__type": code, message_field: message})
    return HttpReply(status, body.encode(), {**JSON_1_1, "x-amzn-ErrorType": code}, code)
