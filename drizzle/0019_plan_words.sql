-- Plans and sends take the field's words: autonomy level, holdout, audience, summary, monitoring. Stored requests, summaries and readings
-- get the new keys, so that no code reads the old ones.
ALTER TABLE sends RENAME COLUMN rung TO autonomy_level;--> statement-breakpoint
ALTER TABLE sends RENAME COLUMN withheld TO in_holdout;--> statement-breakpoint
ALTER TABLE sends RENAME COLUMN p TO keep_probability;--> statement-breakpoint
ALTER TABLE sends RENAME COLUMN b TO organic_probability;--> statement-breakpoint
ALTER TABLE sends RENAME COLUMN delta TO expected_value;--> statement-breakpoint
ALTER TABLE plans RENAME COLUMN findings TO summary;--> statement-breakpoint
ALTER TABLE plans RENAME COLUMN readings TO monitoring;--> statement-breakpoint
CREATE FUNCTION pg_temp.rename_keys(given jsonb, names jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE WHEN jsonb_typeof(given) = 'object' THEN (
		SELECT coalesce(jsonb_object_agg(coalesce(names ->> key, key), value), '{}') FROM jsonb_each(given)
	) ELSE given END
$$;--> statement-breakpoint
CREATE FUNCTION pg_temp.rename_each(given jsonb, names jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE WHEN jsonb_typeof(given) = 'array' THEN (
		SELECT coalesce(jsonb_agg(pg_temp.rename_keys(element, names) ORDER BY place), '[]')
		FROM jsonb_array_elements(given) WITH ORDINALITY AS listed(element, place)
	) ELSE given END
$$;--> statement-breakpoint
-- Puts renamed parts back under their keys; an absent part stays absent.
CREATE FUNCTION pg_temp.rename_part(given jsonb, part text, names jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE WHEN given ? part THEN jsonb_set(given, ARRAY[part], CASE jsonb_typeof(given -> part)
		WHEN 'array' THEN pg_temp.rename_each(given -> part, names) ELSE pg_temp.rename_keys(given -> part, names) END) ELSE given END
$$;--> statement-breakpoint
CREATE FUNCTION pg_temp.rename_plan_request(given jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.rename_part(pg_temp.rename_keys(given, '{"rung": "autonomyLevel", "who": "audience", "withheldShare": "holdoutShare",
		"floor": "minKeepProbability", "reservedDays": "reservationDays"}'), 'costs', '{"takeUp": "takeUpRate"}')
$$;--> statement-breakpoint
CREATE FUNCTION pg_temp.rename_value(given jsonb, part text, names jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE WHEN names ? (given ->> part) THEN jsonb_set(given, ARRAY[part], names -> (given ->> part)) ELSE given END
$$;--> statement-breakpoint
UPDATE plans SET request = pg_temp.rename_plan_request(request);--> statement-breakpoint
UPDATE plans SET summary = pg_temp.rename_part(pg_temp.rename_part(pg_temp.rename_part(pg_temp.rename_part(
	pg_temp.rename_keys(summary, '{"leftOut": "exclusions", "withheld": "holdout", "prices": "dualPrices"}'),
	'exclusions', '{"by": "reason"}'),
	'chosen', '{"expectedKept": "expectedKeptShare", "worth": "expectedValue", "money": "moneyAtRisk"}'),
	'curve', '{"worth": "expectedValue"}'),
	'segments', '{"expectedKept": "expectedKeptShare"}')
WHERE summary IS NOT NULL;--> statement-breakpoint
UPDATE plans SET summary = jsonb_set(summary, '{exclusions}', (
	SELECT coalesce(jsonb_agg(pg_temp.rename_value(exclusion, 'reason', '{"openMatter": "openCase", "who": "audience",
		"worth": "expectedValue", "floor": "minKeepProbability"}') ORDER BY place), '[]')
	FROM jsonb_array_elements(summary -> 'exclusions') WITH ORDINALITY AS listed(exclusion, place)
))
WHERE jsonb_typeof(summary -> 'exclusions') = 'array';--> statement-breakpoint
UPDATE plans SET monitoring = pg_temp.rename_part(pg_temp.rename_part(pg_temp.rename_part(pg_temp.rename_part(
	pg_temp.rename_keys(monitoring, '{"haltWatchSince": "haltMonitorSince"}'),
	'plan', '{"expected": "expectedKeptShare", "realised": "keptShare", "lower": "lowerBound"}'),
	'segments', '{"expected": "expectedKeptShare", "realised": "keptShare", "lower": "lowerBound"}'),
	'calibration', '{"expected": "predicted", "realised": "observed"}'),
	'increment', '{"withheld": "holdout"}')
WHERE monitoring IS NOT NULL;--> statement-breakpoint
UPDATE plans SET monitoring = jsonb_set(monitoring, '{increment}', pg_temp.rename_value(monitoring -> 'increment', 'verdict',
	'{"tooFew": "insufficientData", "open": "inconclusive", "pays": "positive", "costs": "negative"}'))
WHERE jsonb_typeof(monitoring -> 'increment') = 'object';--> statement-breakpoint
UPDATE policies SET policy = jsonb_set(policy, '{scheduledPlans}', (
	SELECT coalesce(jsonb_agg(CASE WHEN scheduled ? 'plan'
		THEN jsonb_set(pg_temp.rename_keys(scheduled, '{"freshHours": "maxAgeHours"}'), '{plan}', pg_temp.rename_plan_request(scheduled -> 'plan'))
		ELSE scheduled END ORDER BY place), '[]')
	FROM jsonb_array_elements(policy -> 'scheduledPlans') WITH ORDINALITY AS listed(scheduled, place)
))
WHERE jsonb_typeof(policy -> 'scheduledPlans') = 'array';
