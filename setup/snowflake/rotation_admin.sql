-- Creates a rotation admin whose key pair is in a secret of its own: a user that may set the keys
-- of the service users that are named to it, and nothing else. docs/identities.md says when to
-- take this one and when rotation_admin_wif.sql, which needs no key.
--
-- An administrator runs this once. Repeating it is safe: no statement here can change a key of a
-- user that exists. One variable, in the form of the Snowflake CLI:
--
--   snow sql -f setup/snowflake/rotation_admin.sql -D "public_key=$(cat rsa_key.pub)"
--
--   public_key  the admin's first public key: base64 on one line, without BEGIN and END
--
-- Pages named below are under docs.snowflake.com/en/.

-- CREATE USER and CREATE ROLE are USERADMIN's by default, and who creates owns.
USE ROLE USERADMIN;
-- sql-reference/sql/create-role
CREATE ROLE IF NOT EXISTS key_rotation
  COMMENT = 'Sets the keys of service users';
-- No secondary roles: a session holds the role only if it asks for it, as the rotation function
-- does (sql-reference/sql/create-user).
CREATE USER IF NOT EXISTS key_rotation_admin
  TYPE = SERVICE
  RSA_PUBLIC_KEY = '<% public_key %>'
  DEFAULT_SECONDARY_ROLES = ()
  COMMENT = 'Keys are rotated by AWS Secrets Manager: do not set them by hand';
-- sql-reference/sql/grant-role
GRANT ROLE key_rotation TO USER key_rotation_admin;
-- So that the same rotation function can rotate the admin's own key pair
-- (user-guide/key-pair-auth).
GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER key_rotation_admin
  TO ROLE key_rotation;

-- For each service user that exists already, this one grant. It lets the admin set the keys and
-- not look at them: the function reads the slots as the service user.
--
-- GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER svc_pipeline TO ROLE key_rotation;
