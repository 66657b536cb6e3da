"""What a statement does to the account."""
