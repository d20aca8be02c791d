-- Written by hand, because drizzle-kit knows no partitions: each table becomes the first partition of a new one of its name, so
-- that no row is copied. Its only index that is built anew is the events' key, which has to hold what they are divided by.
DO $$
DECLARE
  day constant float8 := 86400;
  receipts_until timestamptz := to_timestamp((floor(extract(epoch from
    (select greatest(now(), max(received_at)) from messages)) / (7 * day)) + 1) * 7 * day);
  events_until timestamptz := to_timestamp((floor(extract(epoch from
    (select greatest(now(), max(received_at)) from events)) / (28 * day)) + 1) * 28 * day);
  newest_decision uuid := (select id from decision_index order by id desc limit 1);
  newest_second float8 := coalesce(('x' || lpad(replace(left(newest_decision::text, 13), '-', ''), 16, '0'))::bit(64)::bigint / 1000.0, 0);
  decisions_until timestamptz := to_timestamp((floor(greatest(extract(epoch from now()), newest_second) / (28 * day)) + 1) * 28 * day);
  id_until uuid := (lpad(to_hex((extract(epoch from decisions_until) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
  messages_first text := 'messages_until_' || to_char(receipts_until at time zone 'UTC', 'YYYYMMDD');
  events_first text := 'events_until_' || to_char(events_until at time zone 'UTC', 'YYYYMMDD');
  decisions_first text := 'decisions_until_' || to_char(decisions_until at time zone 'UTC', 'YYYYMMDD');
  index_first text := 'decision_index_until_' || to_char(decisions_until at time zone 'UTC', 'YYYYMMDD');
  outcomes_first text := 'outcomes_until_' || to_char(decisions_until at time zone 'UTC', 'YYYYMMDD');
BEGIN
  EXECUTE format('ALTER TABLE messages RENAME TO %I', messages_first);
  EXECUTE format('ALTER INDEX messages_pkey RENAME TO %I', messages_first || '_pkey');
  EXECUTE format('CREATE TABLE messages (LIKE %I) PARTITION BY RANGE (received_at)', messages_first);
  EXECUTE format('ALTER TABLE messages ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', messages_first, receipts_until);

  EXECUTE format('ALTER TABLE events RENAME TO %I', events_first);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT events_customer_id_at_message_id_pk', events_first);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (customer_id, at, message_id, received_at)', events_first);
  EXECUTE format('ALTER INDEX events_at RENAME TO %I', events_first || '_at');
  EXECUTE format('CREATE TABLE events (LIKE %I) PARTITION BY RANGE (received_at)', events_first);
  ALTER TABLE events ADD CONSTRAINT events_customer_id_at_message_id_received_at_pk PRIMARY KEY (customer_id, at, message_id, received_at);
  CREATE INDEX events_at ON events (at);
  EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', events_first, events_until);

  EXECUTE format('ALTER TABLE decisions RENAME TO %I', decisions_first);
  EXECUTE format('ALTER INDEX decisions_customer_id_at_id_pk RENAME TO %I', decisions_first || '_pkey');
  EXECUTE format('ALTER INDEX decisions_at RENAME TO %I', decisions_first || '_at');
  EXECUTE format('ALTER INDEX decisions_offered RENAME TO %I', decisions_first || '_offered');
  EXECUTE format('CREATE TABLE decisions (LIKE %I) PARTITION BY RANGE (id)', decisions_first);
  ALTER TABLE decisions ADD CONSTRAINT decisions_customer_id_at_id_pk PRIMARY KEY (customer_id, at, id);
  CREATE INDEX decisions_at ON decisions (at);
  CREATE INDEX decisions_offered ON decisions (at) WHERE offer_id is not null;
  EXECUTE format('ALTER TABLE decisions ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', decisions_first, id_until);

  EXECUTE format('ALTER TABLE decision_index RENAME TO %I', index_first);
  EXECUTE format('ALTER INDEX decision_index_pkey RENAME TO %I', index_first || '_pkey');
  EXECUTE format('ALTER INDEX decision_index_customer RENAME TO %I', index_first || '_customer');
  EXECUTE format('CREATE TABLE decision_index (LIKE %I) PARTITION BY RANGE (id)', index_first);
  ALTER TABLE decision_index ADD PRIMARY KEY (id);
  CREATE INDEX decision_index_customer ON decision_index (customer_id);
  EXECUTE format('ALTER TABLE decision_index ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', index_first, id_until);

  EXECUTE format('ALTER TABLE outcomes RENAME TO %I', outcomes_first);
  EXECUTE format('ALTER INDEX outcomes_customer_id_decision_id_message_id_pk RENAME TO %I', outcomes_first || '_pkey');
  EXECUTE format('ALTER INDEX outcomes_at RENAME TO %I', outcomes_first || '_at');
  EXECUTE format('CREATE TABLE outcomes (LIKE %I) PARTITION BY RANGE (decision_id)', outcomes_first);
  ALTER TABLE outcomes ADD CONSTRAINT outcomes_customer_id_decision_id_message_id_pk PRIMARY KEY (customer_id, decision_id, message_id);
  CREATE INDEX outcomes_at ON outcomes (at);
  EXECUTE format('ALTER TABLE outcomes ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)', outcomes_first, id_until);
END $$;
