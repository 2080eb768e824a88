#!/bin/sh
# Run once by the database's image, on an empty volume: an owner that migrates, and a role that the application has.
# Neither is a superuser: row-level security binds both, and the application's role can switch it off nowhere.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 <<'SQL'
\getenv owner_word CORRIDOR_OWNER_PASSWORD
\getenv word CORRIDOR_DATABASE_PASSWORD
CREATE ROLE corridor_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_word';
CREATE ROLE corridor LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'word';
SELECT format('ALTER DATABASE %I OWNER TO corridor_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO corridor', current_database()) \gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO corridor_owner;
GRANT USAGE ON SCHEMA public TO corridor;
ALTER DEFAULT PRIVILEGES FOR ROLE corridor_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO corridor;
ALTER DEFAULT PRIVILEGES FOR ROLE corridor_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO corridor;
SQL
