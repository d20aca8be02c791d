-- Contract: code since 0022_one_customer_functions may serve beside it.
-- Custom SQL migration: drizzle-kit knows no functions. These returned whole rows of their tables, so that of code that does not begin
-- again, a call that waited while a column was added was refused: its columns were those from before, its rows had one more. They return
-- the columns that code reads, under the same names.
DROP FUNCTION lock_profiles(uuid[]);
--> statement-breakpoint
CREATE FUNCTION lock_profiles(customer_ids uuid[]) RETURNS TABLE (
  customer_id uuid, merged_into uuid, history jsonb, traits jsonb, trait_times jsonb, claimed_traits jsonb,
  claimed_trait_times jsonb, consents jsonb, created_at timestamptz
) LANGUAGE plpgsql VOLATILE ROWS 10 SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  asked uuid;
BEGIN
  FOREACH asked IN ARRAY customer_ids LOOP
    RETURN QUERY SELECT customer_id, merged_into, history, traits, trait_times, claimed_traits, claimed_trait_times, consents,
      created_at::timestamptz FROM profiles WHERE customer_id = asked FOR UPDATE;
  END LOOP;
END $$;
--> statement-breakpoint
DROP FUNCTION lock_sends(uuid[], uuid[]);
--> statement-breakpoint
CREATE FUNCTION lock_sends(customer_ids uuid[], send_ids uuid[]) RETURNS TABLE (
  customer_id uuid, id uuid, plan_id uuid, item_id text, autonomy_level text, state text, in_holdout boolean, segment text,
  keep_probability float8, organic_probability float8, expected_value float8, money float8, gift boolean, times jsonb, terms jsonb,
  created_at timestamptz, veto_until timestamptz, resolve_by timestamptz, resolved_at timestamptz
) LANGUAGE plpgsql VOLATILE ROWS 10 SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  FOR place IN 1 .. cardinality(send_ids) LOOP
    RETURN QUERY SELECT customer_id, id, plan_id, item_id, autonomy_level, state, in_holdout, segment, keep_probability,
      organic_probability, expected_value, money, gift, times, terms, created_at::timestamptz, veto_until::timestamptz,
      resolve_by::timestamptz, resolved_at::timestamptz
    FROM sends WHERE customer_id = customer_ids[place] AND id = send_ids[place] FOR UPDATE;
  END LOOP;
END $$;
