"""What Snowflake says: refusals, each with its source, and result sets."""
