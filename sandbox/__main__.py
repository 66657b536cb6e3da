"""``python -m sandbox demo``, ``fargate`` and ``serve``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sandbox.programs.ending import Interruption


def main() -> int:
    """Parse the command line and run what it asks for."""
    interruption = Interruption()
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="rotate three times and show it")
    demo.add_argument("--picture", type=Path, default=Path("demo.svg"), help="default: demo.svg")
    commands.add_parser("fargate", help="run examples/fargate through a rotation")
    commands.add_parser("serve", help="keep the servers up for other clients, until Ctrl-C")
    arguments = parser.parse_args()
    # The connector and boto3 take a proxy even for 127.0.0.1.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    return interruption.run(lambda: _run(arguments, interruption))


def _run(arguments: argparse.Namespace, interruption: Interruption) -> int:
    """Import the program only now: --help answers at once, and Ctrl-C is heard of before."""
    if arguments.command == "demo":
        from sandbox.programs.demo.run import run  # noqa: PLC0415

        return run(arguments.picture, interruption.allowed)
    if arguments.command == "fargate":
        from sandbox.programs import fargate  # noqa: PLC0415

        return fargate.run(interruption.allowed)
    from sandbox.programs.serve import serve  # noqa: PLC0415

    return serve(interruption.allowed)


if __name__ == "__main__":
    sys.exit(main())
