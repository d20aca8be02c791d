ALTER TABLE "decisions" ADD COLUMN "activation_reported_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "outcomes" ADD COLUMN "reported_at" timestamp (3) with time zone;--> statement-breakpoint
-- What was counted from times that callers gave: none before its decision was made, none still to come.
UPDATE contacts SET version = version + 1, reservations = (
	SELECT jsonb_agg(
		held || CASE WHEN jsonb_typeof(held -> 'reservedAt') = 'number'
			THEN jsonb_build_object('reservedAt', least((held ->> 'reservedAt')::float8, now_ms)) ELSE '{}' END
		|| CASE WHEN jsonb_typeof(held -> 'activatedAt') = 'number'
			THEN jsonb_build_object('activatedAt', CASE WHEN (held ->> 'activatedAt')::float8 > now_ms
				THEN least((held ->> 'reservedAt')::float8, now_ms) ELSE (held ->> 'activatedAt')::float8 END) ELSE '{}' END
		|| CASE WHEN jsonb_typeof(held -> 'respondedAt') = 'number'
			THEN jsonb_build_object('respondedAt', least((held ->> 'respondedAt')::float8, now_ms)) ELSE '{}' END
		ORDER BY place)
	FROM jsonb_array_elements(reservations) WITH ORDINALITY AS listed(held, place)
)
FROM (SELECT round(extract(epoch FROM now()) * 1000)::float8 AS now_ms) AS clock
WHERE jsonb_path_exists(reservations, '$[*] ? (@.activatedAt > $now || @.respondedAt > $now || @.reservedAt > $now)', jsonb_build_object('now', now_ms));--> statement-breakpoint
-- Budgets are counted by the policy's own placement: what placements without one used goes to `default`.
CREATE TEMPORARY TABLE moved_budgets ON COMMIT DROP AS
SELECT key AS old_key, 'budget:default:' || substring(key FROM '[^:]*$') AS new_key FROM supplies
WHERE key LIKE 'budget:%' AND substring(key FROM '^budget:(.*):[^:]*$') NOT IN (SELECT placement FROM policies UNION SELECT 'default');--> statement-breakpoint
INSERT INTO supplies (key, used, held, updated_at)
SELECT new_key, sum(used), sum(held), max(updated_at) FROM moved_budgets JOIN supplies ON key = old_key GROUP BY new_key
ON CONFLICT (key) DO UPDATE SET used = supplies.used + excluded.used, held = supplies.held + excluded.held,
	updated_at = greatest(supplies.updated_at, excluded.updated_at);--> statement-breakpoint
UPDATE supply_holds SET key = new_key FROM moved_budgets WHERE key = old_key;--> statement-breakpoint
DELETE FROM supplies USING moved_budgets WHERE key = old_key;
