"""A secret's content: its document, its form, its key pair."""
