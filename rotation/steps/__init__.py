"""The four steps of a rotation, and the errands for the hourly function: observe, decide, act."""
