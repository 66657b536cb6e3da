-- Creates a rotation admin without any key: Snowflake knows it by the IAM role of the rotation
-- function (workload identity federation). It may set the keys of the service users that are
-- named to it, and nothing else. See docs/identities.md.
--
-- An administrator runs this once; repeating it is safe. One variable, in the form of the
-- Snowflake CLI:
--
--   snow sql -f setup/snowflake/rotation_admin_wif.sql -D "role_arn=arn:aws:iam::…:role/…"
--
--   role_arn  the output RotationRoleArn of the stack
--
-- Whoever can change that IAM role, or the function's code, is the rotation admin from here on.
-- Pages named below are under docs.snowflake.com/en/.

-- CREATE USER and CREATE ROLE are USERADMIN's by default, and who creates owns.
USE ROLE USERADMIN;
-- sql-reference/sql/create-role
CREATE ROLE IF NOT EXISTS key_rotation
  COMMENT = 'Sets the keys of service users';
-- user-guide/workload-identity-federation
CREATE USER IF NOT EXISTS key_rotation_admin
  TYPE = SERVICE
  WORKLOAD_IDENTITY = (TYPE = AWS ARN = '<% role_arn %>')
  DEFAULT_SECONDARY_ROLES = ()
  COMMENT = 'The rotation function of AWS Secrets Manager; has no key';
-- sql-reference/sql/grant-role
GRANT ROLE key_rotation TO USER key_rotation_admin;

-- For each service user that exists already, this one grant. It lets the admin set the keys and
-- not look at them: the function reads the slots as the service user.
--
-- GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER svc_pipeline TO ROLE key_rotation;
