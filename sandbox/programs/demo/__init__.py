"""The demo: three rotations under running tasks that log in again and again.

=============  ================================================================
``run``        the story, and the line it ends with
``pipeline``   the tasks: a service's, and one that belongs to none
``history``    what every step found and left, and when it changed
``table``      the steps as a table
``timeline``   the run as a picture, of ``svg``, ``layout`` and ``colours``
=============  ================================================================
"""
