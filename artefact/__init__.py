"""Runs what `sam build` made, on the sandbox, under the deployed runtime's Python.

===================  ==========================================================================
``smoke``            `make smoke`: both functions work, and load nothing from elsewhere
``measure``          `make measure`: cold start, warm steps, memory; writes docs/measurements.md
``stack``            the sandbox's stack with the built functions in it
``runtime``          a python3.13 that has the runtime client and nothing else
``origins``          where each module of a process came from
``launcher``         starts the process within a CPU share; reads its peak memory
``samples``          rotations and key generations, as numbers
``report``           those numbers as tables, for a terminal and for the document
===================  ==========================================================================

The sandbox's servers run on the project's own Python, the function in a process of its own.
"""
