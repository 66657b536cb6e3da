-- Removes what service_user.sql created. It can't be undone: Snowflake keeps no dropped user.
--
-- BEFORE. Switch rotation off (aws secretsmanager cancel-rotate-secret) and stop the tasks. The
-- first statement locks the user out and can still be taken back with DISABLED = FALSE. If
-- something still needed the user, it fails now.
--
-- In Snowsight, or: snow sql -f setup/snowflake/remove.sql
-- Pages named below are under docs.snowflake.com/en/.

-- SECURITYADMIN owns the policies, and inherits USERADMIN's ownership of the user and the role.
USE ROLE SECURITYADMIN;
ALTER USER IF EXISTS svc_pipeline SET DISABLED = TRUE;
-- A policy that is assigned can't be dropped (sql-reference/sql/drop-network-policy,
-- sql-reference/sql/drop-authentication-policy).
ALTER USER IF EXISTS svc_pipeline UNSET NETWORK_POLICY;
ALTER USER IF EXISTS svc_pipeline UNSET AUTHENTICATION POLICY;
-- sql-reference/sql/drop-user, sql-reference/sql/drop-role
DROP USER IF EXISTS svc_pipeline;
DROP ROLE IF EXISTS svc_pipeline_rotation;
-- The policy before its rule (sql-reference/sql/drop-network-rule).
DROP NETWORK POLICY IF EXISTS svc_pipeline_network;
DROP NETWORK RULE IF EXISTS service_users.policies.svc_pipeline_addresses;
DROP AUTHENTICATION POLICY IF EXISTS service_users.policies.svc_pipeline_key_pair;

-- STOP HERE if the policies of another service user live in this database, too.
USE ROLE SYSADMIN;
-- Takes the schema and the grants on both with it (sql-reference/sql/drop-database).
DROP DATABASE IF EXISTS service_users;
