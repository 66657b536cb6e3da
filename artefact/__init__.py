"""Runs what `sam build` made, on the sandbox, under the deployed runtime's Python.

==================  =======================================================
``smoke``               `make smoke`: every function works, and loads nothing from elsewhere
``stack``               the sandbox's stack with the built functions in it
``runtime``             a python3.13 that has the runtime client and nothing else
``origins``             where each module of a process came from
``consumers``           log in all the time while `make smoke` rotates
==================  =======================================================

The sandbox's servers run on the project's own Python, the function in a process of its own.
"""
