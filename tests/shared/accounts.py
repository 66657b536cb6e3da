"""Account identifiers of every kind, each with its host and the name in its login token."""

CASES = [
    ("MYORG-ACCOUNT", "myorg-account.snowflakecomputing.com", "MYORG-ACCOUNT"),
    ("myorg-my_account", "myorg-my-account.snowflakecomputing.com", "MYORG-MY_ACCOUNT"),
    ("xy12345", "xy12345.snowflakecomputing.com", "XY12345"),
    ("xy12345.eu-west-1", "xy12345.eu-west-1.snowflakecomputing.com", "XY12345"),
    ("XY12345.us-east-2.aws", "xy12345.us-east-2.aws.snowflakecomputing.com", "XY12345"),
    (
        "xy12345.us-gov-west-1.aws.privatelink",
        "xy12345.us-gov-west-1.aws.privatelink.snowflakecomputing.com",
        "XY12345",
    ),
    ("xy12345.privatelink", "xy12345.privatelink.snowflakecomputing.com", "XY12345"),
    (
        "myorg-my_account.privatelink",
        "myorg-my_account.privatelink.snowflakecomputing.com",
        "MYORG-MY_ACCOUNT",
    ),
    ("xy12345-ext1.global", "xy12345-ext1.global.snowflakecomputing.com", "XY12345"),
    ("xy12345.cn-northwest-1.aws", "xy12345.cn-northwest-1.aws.snowflakecomputing.cn", "XY12345"),
]
