-- Creates a service user whose key pair can be rotated, and what keeps other people out of it.
-- An administrator runs this once, in Snowsight or with the Snowflake CLI. Repeating it is safe:
-- no statement here can change a key of a user that exists.
--
-- VARIABLES. There are two, marked in the form of the Snowflake CLI. In Snowsight replace each mark
-- by hand, with its brackets. With the CLI (developer-guide/snowflake-cli/sql/execute-sql):
--
--   snow sql -f setup/snowflake/service_user.sql \
--     -D "public_key=$(cat rsa_key.pub)" -D "addresses='203.0.113.7', '198.51.100.0/28'"
--
--   public_key  the user's first public key: base64 on one line, without BEGIN and END
--   addresses   where logins may come from, each in quotes: the addresses of the rotation function
--               and of the tasks, as Snowflake sees them (usually those of the NAT gateways)
--
-- They are replaced before Snowflake sees them. A variable made with SET could not be relied on: by
-- older editions of its page it holds 256 bytes, by newer ones 16 KB, and a public key has at least
-- 392 characters (sql-reference/sql/set).
--
-- NAMES. For another user, replace svc_pipeline throughout: everything but the database and its
-- schema is named after the user. Pages named below are under docs.snowflake.com/en/.
--
-- ROLES. SYSADMIN makes the database, SECURITYADMIN the policies, USERADMIN the user. Whoever runs
-- this holds all three, for example through ACCOUNTADMIN. No grant here outlives its object.

-- 1. A database and a schema: authentication policies and network rules live in a schema.
-- CREATE DATABASE is SYSADMIN's by default (user-guide/security-access-control-overview).
USE ROLE SYSADMIN;
-- sql-reference/sql/create-database
CREATE DATABASE IF NOT EXISTS service_users
  COMMENT = 'Policies of service users';
-- sql-reference/sql/create-schema
CREATE SCHEMA IF NOT EXISTS service_users.policies;
-- A role that works in a schema needs a privilege on it and on its database
-- (user-guide/authentication-policies, user-guide/network-rules).
GRANT USAGE ON DATABASE service_users TO ROLE SECURITYADMIN;
GRANT USAGE, CREATE AUTHENTICATION POLICY, CREATE NETWORK RULE
  ON SCHEMA service_users.policies TO ROLE SECURITYADMIN;

-- 2. How and from where the user may log in. The policies come before the user.
USE ROLE SECURITYADMIN;
-- A key pair, and nothing else. CLIENT_TYPES is a best effort, Snowflake says, and no boundary
-- (sql-reference/sql/create-authentication-policy).
CREATE AUTHENTICATION POLICY IF NOT EXISTS service_users.policies.svc_pipeline_key_pair
  AUTHENTICATION_METHODS = ('KEYPAIR')
  CLIENT_TYPES = ('DRIVERS')
  COMMENT = 'svc_pipeline logs in with a key pair only';
-- OR ALTER, so that running this again with other addresses replaces the list. It can't change
-- TYPE or MODE (sql-reference/sql/create-network-rule).
CREATE OR ALTER NETWORK RULE service_users.policies.svc_pipeline_addresses
  TYPE = IPV4
  VALUE_LIST = (<% addresses %>)
  MODE = INGRESS
  COMMENT = 'The rotation function and the tasks of svc_pipeline';
-- One allowed IPv4 rule shuts out every other IPv4 address (user-guide/network-policies).
-- Needs CREATE NETWORK POLICY, which SECURITYADMIN has
-- (sql-reference/sql/create-network-policy).
CREATE NETWORK POLICY IF NOT EXISTS svc_pipeline_network
  ALLOWED_NETWORK_RULE_LIST = ('service_users.policies.svc_pipeline_addresses')
  COMMENT = 'svc_pipeline logs in from its own addresses only';

-- PrivateLink: these three instead of the two statements above. A rule of VPC endpoints does not
-- restrict the public network, so a second rule must block it (user-guide/network-policies).
--
-- CREATE OR ALTER NETWORK RULE service_users.policies.svc_pipeline_endpoints
--   TYPE = AWSVPCEID
--   VALUE_LIST = ('vpce-0123456789abcdef0')
--   MODE = INGRESS
-- CREATE OR ALTER NETWORK RULE service_users.policies.svc_pipeline_public
--   TYPE = IPV4
--   VALUE_LIST = ('0.0.0.0/0')
--   MODE = INGRESS
-- CREATE NETWORK POLICY IF NOT EXISTS svc_pipeline_network
--   ALLOWED_NETWORK_RULE_LIST = ('service_users.policies.svc_pipeline_endpoints')
--   BLOCKED_NETWORK_RULE_LIST = ('service_users.policies.svc_pipeline_public')

-- 3. The user, and a role that may change the user's keys and nothing else.
-- CREATE USER and CREATE ROLE are USERADMIN's by default, and who creates owns: USERADMIN may make
-- the grants below, and owns the user. Nothing that the user holds is more than these grants.
USE ROLE USERADMIN;
-- sql-reference/sql/create-role
CREATE ROLE IF NOT EXISTS svc_pipeline_rotation
  COMMENT = 'Changes the keys of svc_pipeline';
-- IF NOT EXISTS, and never OR REPLACE: that would drop the user with the keys that tasks log in
-- with, and put back the first key long after it was rotated away. A user of TYPE = SERVICE has no
-- password. Without secondary roles a session holds the rotation role only if it asks for it
-- (sql-reference/sql/create-user).
CREATE USER IF NOT EXISTS svc_pipeline
  TYPE = SERVICE
  RSA_PUBLIC_KEY = '<% public_key %>'
  DEFAULT_SECONDARY_ROLES = ()
  COMMENT = 'Keys are rotated by AWS Secrets Manager: do not set them by hand';
-- The least with which keys can be set and unset (user-guide/key-pair-auth).
GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER svc_pipeline
  TO ROLE svc_pipeline_rotation;
-- sql-reference/sql/grant-role
GRANT ROLE svc_pipeline_rotation TO USER svc_pipeline;

-- 4. The policies take effect.
-- SECURITYADMIN inherits USERADMIN, so it owns the user, and it owns the network policy: both are
-- needed (user-guide/network-policies). It may apply authentication policies
-- (user-guide/authentication-policies).
USE ROLE SECURITYADMIN;
ALTER USER svc_pipeline SET NETWORK_POLICY = svc_pipeline_network;
-- FORCE replaces a policy that the user has. Without it, a second run of this file would fail
-- (sql-reference/sql/alter-user).
ALTER USER svc_pipeline
  SET AUTHENTICATION POLICY service_users.policies.svc_pipeline_key_pair FORCE;
