"""The protocol: requests, replies, and what each request does."""
