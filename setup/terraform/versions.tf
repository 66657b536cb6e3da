terraform {
  required_version = "~> 1.9"

  required_providers {
    snowflake = {
      source  = "snowflakedb/snowflake"
      version = "~> 2.20"
    }
  }
}

# Who is signed in comes from the environment (SNOWFLAKE_ORGANIZATION_NAME, SNOWFLAKE_ACCOUNT_NAME,
# SNOWFLAKE_USER, SNOWFLAKE_PRIVATE_KEY ...), never from this file. One provider for each role that
# service_user.sql uses.
provider "snowflake" {
  alias = "sysadmin"
  role  = "SYSADMIN"
}

provider "snowflake" {
  alias = "useradmin"
  role  = "USERADMIN"
}

provider "snowflake" {
  alias     = "securityadmin"
  role      = "SECURITYADMIN"
  warehouse = var.warehouse

  # A preview feature of the provider: it may change within a major version.
  preview_features_enabled = ["snowflake_user_authentication_policy_attachment_resource"]
}
