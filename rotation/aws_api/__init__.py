"""Secrets Manager, ECS and Lambda through boto3."""
