-- Written by hand, because drizzle-kit knows no functions. Volatile, so that its query sees a merge that ended while it waited.
CREATE FUNCTION settled_customer(asked uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(asked::text, 7263003));
  RETURN coalesce((SELECT merged_into FROM profiles WHERE customer_id = asked), asked);
END $$;
--> statement-breakpoint
CREATE FUNCTION end_customer(ending uuid) RETURNS void LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock(hashtextextended(ending::text, 7263003))
$$;
