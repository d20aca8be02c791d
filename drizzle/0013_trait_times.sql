ALTER TABLE "profiles" ADD COLUMN "trait_times" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "profiles" ADD COLUMN "claimed_trait_times" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
-- When a trait was said is not known of older rows: no later than the row was last written.
UPDATE "profiles" SET
  "trait_times" = (
    SELECT coalesce(jsonb_object_agg(name, said), '{}') FROM jsonb_object_keys("traits") AS own(name)),
  "claimed_trait_times" = (
    SELECT coalesce(jsonb_object_agg(name, said), '{}') FROM jsonb_object_keys("claimed_traits") AS own(name))
FROM (
  SELECT "customer_id" AS id, floor(extract(epoch FROM "updated_at") * 1000) AS said FROM "profiles"
  WHERE "traits" <> '{}' OR "claimed_traits" <> '{}'
) AS dated WHERE "customer_id" = id;
