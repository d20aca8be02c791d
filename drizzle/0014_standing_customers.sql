-- Custom SQL migration: what was made of a customer's profile is not written once that was erased.
CREATE FUNCTION standing_customer(asked uuid, was_known boolean) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(asked::text, 7263003));
  RETURN CASE WHEN was_known THEN (SELECT coalesce(merged_into, customer_id) FROM profiles WHERE customer_id = asked)
    ELSE coalesce((SELECT merged_into FROM profiles WHERE customer_id = asked), asked) END;
END $$;
