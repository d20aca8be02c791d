-- Expand: code since 0023_read_customer_snapshot may serve beside it.
-- Custom SQL migration: drizzle-kit keeps its journal outside the schema that it compares. Code that does not know a migration reads
-- here if it may serve beside it; what it says stands in the first line of each migration.
CREATE TABLE drizzle.schema_compatibility (
  migration text PRIMARY KEY,
  made_at bigint NOT NULL UNIQUE,
  oldest_code text NOT NULL
);
