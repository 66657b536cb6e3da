"""Variables that the functions do not run without."""

REQUIRED = {"ALLOWED_SNOWFLAKE_ACCOUNTS": "MYORG-*", "ALLOWED_USERS": "*"}
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:snowflake-key-rotation"
