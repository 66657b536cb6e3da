"""The demo: three rotations under the eyes of consumers that never stop logging in.

=============  ================================================================
``run``        the story, and the line it ends with
``consumers``  read AWSCURRENT, log in to Snowflake, again and again
``history``    what every step found and left, and when it changed
``table``      the steps as a table
``timeline``   the run as an SVG picture
=============  ================================================================
"""
