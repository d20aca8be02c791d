-- Expand, outside a transaction: code since 0025_schema_compatibility may serve beside it.
-- Custom SQL migration: drizzle-kit makes no index concurrently. Customers are found by their records.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "record_identifiers_record" ON "record_identifiers" USING btree ("record_id");
