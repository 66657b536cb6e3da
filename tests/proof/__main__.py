"""``python -m tests.proof``: the long form of every search, and a table.

Exit status 1 when anything was found. ``--short`` runs the forms of ``make test``, and
``--ports`` leaves out the wire's parts.
"""

import sys

from tests.proof.runner import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
