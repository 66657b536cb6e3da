-- Creates a service user without a key. The first rotation makes its first key pair; nobody ever
-- sees it. Run rotation_admin.sql or rotation_admin_wif.sql before, and the file
-- after_first_key.sql after the first rotation. See docs/identities.md.
--
-- Not to be repeated in between: USERADMIN does not own the user then, and Snowflake says so.
--
-- For another user, replace svc_pipeline throughout. The secret's `user` has to be this name. The
-- policies of service_user.sql are as good for this user: a key pair, and its own addresses.
-- Pages named below are under docs.snowflake.com/en/.

USE ROLE USERADMIN;
-- sql-reference/sql/create-user
CREATE USER IF NOT EXISTS svc_pipeline
  TYPE = SERVICE
  DEFAULT_SECONDARY_ROLES = ()
  COMMENT = 'Keys are rotated by AWS Secrets Manager: do not set them by hand';
-- The least with which keys can be set and unset (user-guide/key-pair-auth).
GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER svc_pipeline TO ROLE key_rotation;
-- Only who owns a user may describe it (sql-reference/sql/desc-user). The function installs no
-- first key unless it has seen both slots empty. COPY keeps the grant above
-- (sql-reference/sql/grant-ownership).
GRANT OWNERSHIP ON USER svc_pipeline TO ROLE key_rotation COPY CURRENT GRANTS;
