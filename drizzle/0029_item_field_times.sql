-- Expand: code since 0025_schema_compatibility may serve beside it.
ALTER TABLE "items" ADD COLUMN "field_times" jsonb;