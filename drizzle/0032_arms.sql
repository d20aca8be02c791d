-- Expand: code since 0025_schema_compatibility may serve beside it.
ALTER TABLE "decisions" ADD COLUMN "arm" text;--> statement-breakpoint
ALTER TABLE "sends" ADD COLUMN "arm" text;--> statement-breakpoint
-- Older code gives no such key, so that its decisions have none.
CREATE OR REPLACE FUNCTION insert_decisions(given jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  owners jsonb;
BEGIN
  SELECT jsonb_object_agg(id, standing_customer("customerId", coalesce("customerKnown", false))) INTO owners FROM (
    SELECT * FROM jsonb_to_recordset(given) AS asked(id uuid, "customerId" uuid, "customerKnown" boolean) ORDER BY "customerId"
  ) asked;
  WITH made AS MATERIALIZED (
    SELECT (owners ->> id::text)::uuid AS customer_id, asked.* FROM jsonb_to_recordset(given) AS asked(
      at float8, id uuid, verb text, placement text, channel text, kind text, "offerId" text, "releaseId" uuid,
      "policyVersion" text, trace jsonb, "expectedAcceptance" float8, "expiresAt" float8,
      "activatedAt" float8, "recordId" uuid, arm text)
  ),
  indexed AS (
    INSERT INTO decision_index (id, customer_id, at) SELECT id, customer_id, to_timestamp(at / 1000) FROM made
    WHERE customer_id IS NOT NULL
  )
  INSERT INTO decisions (customer_id, at, id, verb, placement, channel, kind, offer_id, release_id, policy_version, trace,
    expected_acceptance, expires_at, activated_at, record_id, arm)
  SELECT customer_id, to_timestamp(at / 1000), id, verb, placement, channel, kind, "offerId", "releaseId", "policyVersion", trace,
    "expectedAcceptance", to_timestamp("expiresAt" / 1000), to_timestamp("activatedAt" / 1000), "recordId", arm
  FROM made WHERE customer_id IS NOT NULL;
END $$;
