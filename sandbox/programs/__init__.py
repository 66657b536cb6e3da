"""What people start: ``python -m sandbox`` names them."""
