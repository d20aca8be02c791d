-- Custom SQL migration: of a merged customer the lock is theirs too, so that an erasure of them waits for, or is seen by, what is written.
CREATE OR REPLACE FUNCTION standing_customer(asked uuid, was_known boolean) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  current uuid := asked;
  found uuid;
BEGIN
  LOOP
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(current::text, 7263003));
    SELECT coalesce(merged_into, customer_id) INTO found FROM profiles WHERE customer_id = current;
    IF found IS NULL THEN
      RETURN CASE WHEN was_known THEN NULL ELSE current END;
    END IF;
    EXIT WHEN found = current;
    current := found;
  END LOOP;
  RETURN current;
END $$;
