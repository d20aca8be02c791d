-- Custom SQL migration: drizzle-kit knows no functions. These ask for many customers in one trip, while each statement in them names
-- one customer, or writes rows that do; whom rows belong to is looked up in a statement before that which writes them. What loops
-- is planned once, and goes through keys however small the tables were then.
CREATE FUNCTION lock_profiles(customer_ids uuid[]) RETURNS SETOF profiles LANGUAGE plpgsql VOLATILE ROWS 10
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  asked uuid;
BEGIN
  FOREACH asked IN ARRAY customer_ids LOOP
    RETURN QUERY SELECT * FROM profiles WHERE customer_id = asked FOR UPDATE;
  END LOOP;
END $$;
--> statement-breakpoint
CREATE FUNCTION lock_sends(customer_ids uuid[], send_ids uuid[]) RETURNS SETOF sends LANGUAGE plpgsql VOLATILE ROWS 10
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  FOR place IN 1 .. cardinality(send_ids) LOOP
    RETURN QUERY SELECT * FROM sends WHERE customer_id = customer_ids[place] AND id = send_ids[place] FOR UPDATE;
  END LOOP;
END $$;
--> statement-breakpoint
-- Whoever merges or erases the decision's customer is waited for, and whoever comes later waits.
CREATE FUNCTION settled_decision(asked uuid, OUT owner uuid, OUT made_at timestamptz) LANGUAGE plpgsql VOLATILE
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  locked uuid;
BEGIN
  LOOP
    SELECT customer_id, at INTO owner, made_at FROM decision_index WHERE id = asked;
    EXIT WHEN owner IS NULL OR owner = locked;
    locked := owner;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(locked::text, 7263003));
  END LOOP;
END $$;
--> statement-breakpoint
CREATE FUNCTION insert_decisions(given jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  owners jsonb;
BEGIN
  SELECT jsonb_object_agg(id, standing_customer("customerId", coalesce("customerKnown", false))) INTO owners FROM (
    SELECT * FROM jsonb_to_recordset(given) AS asked(id uuid, "customerId" uuid, "customerKnown" boolean) ORDER BY "customerId"
  ) asked;
  WITH made AS MATERIALIZED (
    SELECT (owners ->> id::text)::uuid AS customer_id, asked.* FROM jsonb_to_recordset(given) AS asked(
      at float8, id uuid, verb text, placement text, channel text, kind text, "offerId" text, "releaseId" uuid,
      "policyVersion" text, trace jsonb, "expiresAt" float8, "activatedAt" float8)
  ),
  indexed AS (
    INSERT INTO decision_index (id, customer_id, at) SELECT id, customer_id, to_timestamp(at / 1000) FROM made
    WHERE customer_id IS NOT NULL
  )
  INSERT INTO decisions (customer_id, at, id, verb, placement, channel, kind, offer_id, release_id, policy_version, trace,
    expires_at, activated_at)
  SELECT customer_id, to_timestamp(at / 1000), id, verb, placement, channel, kind, "offerId", "releaseId", "policyVersion", trace,
    to_timestamp("expiresAt" / 1000), to_timestamp("activatedAt" / 1000) FROM made WHERE customer_id IS NOT NULL;
END $$;
--> statement-breakpoint
DROP FUNCTION settled_customer(uuid);
--> statement-breakpoint
-- Of an identifier the customer it points at, else the one asked for, who is its future id; a merged customer is followed.
CREATE FUNCTION read_customer(asked uuid, asked_type text, asked_value text) RETURNS TABLE (
  customer_id uuid, known boolean, identified boolean, reachable_by text[], version bigint, history jsonb, vector bytea,
  vector_release uuid, stage text, traits jsonb, claimed_traits jsonb, consents jsonb, created_at timestamptz, reservations jsonb
) LANGUAGE plpgsql VOLATILE ROWS 1 AS $$
#variable_conflict use_column
DECLARE
  found uuid := asked;
  named boolean;
  reachable text[];
BEGIN
  IF asked_type IS NOT NULL THEN
    found := coalesce((SELECT customer_id FROM identifiers WHERE type = asked_type AND value = asked_value), asked);
  END IF;
  found := coalesce((SELECT merged_into FROM profiles WHERE customer_id = found), found);
  SELECT coalesce(bool_or(type <> 'anonymousId'), false),
    coalesce(array_agg(DISTINCT type) FILTER (WHERE type IN ('email', 'phone')), '{}') INTO named, reachable
  FROM identifiers WHERE customer_id = found;
  RETURN QUERY SELECT found, profile.customer_id IS NOT NULL, named, reachable, profile.version, profile.history, profile.vector,
    profile.vector_release, profile.stage, profile.traits, profile.claimed_traits, profile.consents, profile.created_at,
    contact.reservations
  FROM (SELECT) one LEFT JOIN profiles profile ON profile.customer_id = found LEFT JOIN contacts contact ON contact.customer_id = found;
END $$;
--> statement-breakpoint
-- Contact rows of standing customers, made where they are missing and locked in order of id.
CREATE FUNCTION lock_contacts(given jsonb, moment timestamptz) RETURNS TABLE (asked uuid, customer_id uuid, reservations jsonb)
  LANGUAGE plpgsql VOLATILE ROWS 10 AS $$
#variable_conflict use_column
DECLARE
  owners jsonb;
BEGIN
  SELECT jsonb_object_agg(id, standing_customer(id, known)) INTO owners FROM (
    SELECT * FROM jsonb_to_recordset(given) AS named(id uuid, known boolean) ORDER BY id
  ) named;
  RETURN QUERY WITH locked AS (
    INSERT INTO contacts (customer_id, updated_at)
    SELECT DISTINCT value::uuid, moment FROM jsonb_each_text(owners) WHERE value IS NOT NULL ORDER BY 1
    ON CONFLICT (customer_id) DO UPDATE SET version = contacts.version + 1
    RETURNING customer_id, reservations
  )
  SELECT key::uuid, customer_id, reservations FROM jsonb_each_text(owners) JOIN locked ON customer_id = value::uuid;
END $$;
