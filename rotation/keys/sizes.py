"""The sizes of the keys that are generated."""

KEY_SIZES_BITS = (2048, 3072, 4096)
