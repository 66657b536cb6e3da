"""What runs by the hour, and what a person asks for: old keys, services, freshness."""
