# The same as ../snowflake/service_user.sql: the same objects, grants and policies, made by the
# same roles but for one, see the user. Resources and arguments are those of the provider's
# documentation, version 2.20 (github.com/snowflakedb/terraform-provider-snowflake, docs/resources).
# A test parses this and compares it with the script. It has not been planned or applied.

locals {
  schema_privileges = ["USAGE", "CREATE AUTHENTICATION POLICY", "CREATE NETWORK RULE"]
}

# 1. A database and a schema that hold the policies.

resource "snowflake_database" "service_users" {
  provider = snowflake.sysadmin
  name     = var.database
  comment  = "Policies of service users"
}

resource "snowflake_schema" "policies" {
  provider = snowflake.sysadmin
  database = snowflake_database.service_users.name
  name     = "POLICIES"
}

resource "snowflake_grant_privileges_to_account_role" "database" {
  provider          = snowflake.sysadmin
  account_role_name = "SECURITYADMIN"
  privileges        = ["USAGE"]

  on_account_object {
    object_type = "DATABASE"
    object_name = snowflake_database.service_users.name
  }
}

resource "snowflake_grant_privileges_to_account_role" "schema" {
  provider          = snowflake.sysadmin
  account_role_name = "SECURITYADMIN"
  privileges        = local.schema_privileges

  on_schema {
    schema_name = snowflake_schema.policies.fully_qualified_name
  }
}

# 2. How and from where the user may log in.

resource "snowflake_authentication_policy" "key_pair" {
  provider               = snowflake.securityadmin
  database               = snowflake_database.service_users.name
  schema                 = snowflake_schema.policies.name
  name                   = "${var.user}_KEY_PAIR"
  authentication_methods = ["KEYPAIR"]
  client_types           = ["DRIVERS"]
  comment                = "${var.user} logs in with a key pair only"

  depends_on = [
    snowflake_grant_privileges_to_account_role.database,
    snowflake_grant_privileges_to_account_role.schema,
  ]
}

# PrivateLink: type "AWSVPCEID" with the VPC endpoints, and a second rule of type "IPV4" with
# "0.0.0.0/0" in the policy's blocked_network_rule_list. A rule of endpoints does not restrict the
# public network.
resource "snowflake_network_rule" "addresses" {
  provider   = snowflake.securityadmin
  database   = snowflake_database.service_users.name
  schema     = snowflake_schema.policies.name
  name       = "${var.user}_ADDRESSES"
  type       = "IPV4"
  mode       = "INGRESS"
  value_list = var.addresses
  comment    = "The rotation function and the tasks of ${var.user}"

  depends_on = [
    snowflake_grant_privileges_to_account_role.database,
    snowflake_grant_privileges_to_account_role.schema,
  ]
}

resource "snowflake_network_policy" "network" {
  provider                  = snowflake.securityadmin
  name                      = "${var.user}_NETWORK"
  allowed_network_rule_list = [snowflake_network_rule.addresses.fully_qualified_name]
  comment                   = "${var.user} logs in from its own addresses only"
}

# 3. The user, and a role that may change the user's keys and nothing else.

resource "snowflake_account_role" "rotation" {
  provider = snowflake.useradmin
  name     = "${var.user}_ROTATION"
  comment  = "Changes the keys of ${var.user}"
}

# SECURITYADMIN makes the user here, and not USERADMIN as in the script: to create a user with a
# network policy, a role must own the policy (docs.snowflake.com, behavior change "CREATE USER:
# NETWORK_POLICY must be valid"), and the provider has no stable resource that sets it afterwards.
resource "snowflake_service_user" "service" {
  provider                       = snowflake.securityadmin
  name                           = var.user
  rsa_public_key                 = var.public_key
  default_secondary_roles_option = "NONE"
  network_policy                 = snowflake_network_policy.network.name
  comment                        = "Keys are rotated by AWS Secrets Manager: do not set them by hand"

  lifecycle {
    # The rotation function owns both slots from the first rotation on. The provider reads both
    # from Snowflake; without this, the next apply would put the first key back and unset the one
    # that the tasks log in with.
    ignore_changes = [rsa_public_key, rsa_public_key_2]

    # A user that is replaced comes back with the first key, and not with the secret's.
    prevent_destroy = true
  }
}

resource "snowflake_grant_privileges_to_account_role" "rotation" {
  provider          = snowflake.securityadmin
  account_role_name = snowflake_account_role.rotation.name
  privileges        = ["MODIFY PROGRAMMATIC AUTHENTICATION METHODS"]

  on_account_object {
    object_type = "USER"
    object_name = snowflake_service_user.service.name
  }
}

resource "snowflake_grant_account_role" "rotation" {
  provider  = snowflake.useradmin
  role_name = snowflake_account_role.rotation.name
  user_name = snowflake_service_user.service.name
}

# 4. The authentication policy takes effect; the network policy is an argument of the user.

resource "snowflake_user_authentication_policy_attachment" "service" {
  provider                   = snowflake.securityadmin
  user_name                  = snowflake_service_user.service.name
  authentication_policy_name = snowflake_authentication_policy.key_pair.fully_qualified_name
}
