"""Ctrl-C: a program that is cut puts away what it started, and says one line."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = """
import os, signal, sys, threading, time
from sandbox.programs.ending import Interruption

interruption = Interruption()

def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)

def program():
    try:
        return body()
    finally:
        print("put away", flush=True)

{body}
sys.exit(interruption.run(program))
"""


def run(body: str) -> tuple[int, list[str]]:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(body=textwrap.dedent(body))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=20,
        check=False,
    )
    return ran.returncode, ran.stdout.splitlines()


CUT = (130, ["put away", "stopped"])


def test_without_a_signal_it_ends_with_its_own_status() -> None:
    assert run("def body(): return 3") == (3, ["put away"])


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_it_is_cut_where_it_waits_for_a_lock_although_another_thread_gets_the_signal(
    number: str,
) -> None:
    body = f"""
    def send():
        time.sleep(0.2)  # by then it waits
        signal.pthread_kill(threading.get_ident(), signal.{number})

    def body():
        threading.Thread(target=send, daemon=True).start()
        with interruption.allowed():
            threading.Event().wait()
    """
    assert run(body) == CUT


def test_a_signal_while_it_starts_cuts_it_when_it_has_started() -> None:
    body = """
    def body():
        ctrl_c()
        print("started")
        with interruption.allowed():
            print("not reached")
    """
    assert run(body) == (130, ["started", "put away", "stopped"])


def test_a_second_signal_does_not_cut_what_puts_things_away() -> None:
    body = """
    def body():
        try:
            with interruption.allowed():
                ctrl_c()
        finally:
            ctrl_c()
            print("put away first")
    """
    assert run(body) == (130, ["put away first", "put away", "stopped"])


def test_a_thread_that_the_cut_left_behind_does_not_keep_it() -> None:
    body = """
    def body():
        threading.Thread(target=threading.Event().wait).start()
        with interruption.allowed():
            ctrl_c()
    """
    assert run(body) == CUT
