"""SQL text to statements."""
