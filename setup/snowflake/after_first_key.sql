-- Gives a service user back to USERADMIN when its first key is installed. From then on the
-- rotation admin has one privilege on it, and the function reads its slots as the user itself.
-- Pages named below are under docs.snowflake.com/en/.

-- SECURITYADMIN has MANAGE GRANTS, and so may give any ownership. COPY keeps the admin's grant
-- (sql-reference/sql/grant-ownership).
USE ROLE SECURITYADMIN;
GRANT OWNERSHIP ON USER svc_pipeline TO ROLE USERADMIN COPY CURRENT GRANTS;
