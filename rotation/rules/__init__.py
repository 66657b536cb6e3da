"""What is decided, and nothing else: standard library only, no I/O, no clock."""
