"""Runs what `sam build` made, on the sandbox, under the deployed runtime's Python.

======================  =======================================================================
``smoke``               `make smoke`: every function works, and loads nothing from elsewhere
``measure``             `make measure`: cold starts, warm runs, memory, how many secrets fit into
                        an hourly run; writes docs/measurements.md
``stack``               the sandbox's stack with the built functions in it
``runtime``             a python3.13 that has the runtime client and nothing else
``origins``             where each module of a process came from
``consumers``           log in all the time while `make smoke` rotates
``launcher``            starts the process within a CPU share; reads its peak memory
``samples``             rotations and key generations, as numbers
``retirement_samples``  runs of the retirement function, with one secret and with many
``attached``            those many secrets
``report``              those numbers as tables, for a terminal and for the document
======================  =======================================================================

The sandbox's servers run on the project's own Python, the function in a process of its own.
"""
