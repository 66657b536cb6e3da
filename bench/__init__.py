"""Compares the built artefact with an earlier revision's: `make bench`.

==============  ==========================================================================
``__main__``    checks the other revision out, has both drive their artefacts in turns, and
                writes docs/measurements.md
``trees``       a revision's files, and what `sam build` makes of them
``drive``       one turn, run in the tree of either revision: its sandbox, its artefact
``idle``        a function's process that has imported its handler, and nothing else
``tables``      the ratios, and what they mean for MemorySize and Timeout
==============  ==========================================================================

``drive`` imports of its tree what both have: ``layers.built`` and ``artefact.stack``. Times are CPU
seconds, which other work on the machine changes less than it does a clock's.
"""
