-- Custom SQL migration: the keys of stored policies, offers, plans and contacts become those of version 0.2, and so do the names
-- in stored rules and templates. Traces of decisions are too many to rewrite: src/store/decisions/read-trace.ts reads their old keys.
ALTER TABLE "trigger_firings" RENAME COLUMN "occasion" TO "firing_window";--> statement-breakpoint
ALTER TABLE "trigger_firings" RENAME CONSTRAINT "trigger_firings_customer_id_placement_trigger_occasion_pk" TO "trigger_firings_customer_id_placement_trigger_firing_window_pk";--> statement-breakpoint
-- `customer.openMatter` and `context.given` by their new names, wherever a path begins with them: not in strings, comments or below another name.
CREATE FUNCTION pg_temp.renamed_expression(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $function$
	SELECT coalesce(string_agg(
		CASE
			WHEN parts[1] ~ '^customer\s*\[' THEN 'customer.openCase'
			WHEN parts[1] ~ '^context\s*\[' THEN 'context.attributes'
			WHEN parts[1] ~ '^customer\M' THEN regexp_replace(parts[1], '^(customer\s*\.\s*)openMatter\M', '\1openCase')
			WHEN parts[1] ~ '^context\M' THEN regexp_replace(parts[1], '^(context\s*\.\s*)given\M', '\1attributes')
			ELSE parts[1]
		END, '' ORDER BY place), given)
	FROM regexp_matches(given,
		$pattern$(//[^\n]*|customer\s*\[\s*["']openMatter["']\s*\]|context\s*\[\s*["']given["']\s*\]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:\.\s*)?[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*|[^A-Za-z_"'./]+|.)$pattern$,
		'g') WITH ORDINALITY AS tokens(parts, place)
$function$;--> statement-breakpoint
-- The same inside the tags of a Liquid template.
CREATE FUNCTION pg_temp.renamed_template(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $function$
	SELECT coalesce(string_agg(
		CASE WHEN parts[1] ~ '^\{[{%]' THEN pg_temp.renamed_expression(parts[1]) ELSE parts[1] END, '' ORDER BY place), given)
	FROM regexp_matches(given, '(\{[{%][^}]*|[^{]+|\{)', 'g') WITH ORDINALITY AS tokens(parts, place)
$function$;--> statement-breakpoint
-- Keys of a policy or a plan's request, and its rules; what `items` holds are names of the shop's own.
CREATE FUNCTION pg_temp.renamed_document(given jsonb, parent text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $function$
BEGIN
	IF jsonb_typeof(given) = 'array' THEN
		RETURN (SELECT coalesce(jsonb_agg(pg_temp.renamed_document(entry, parent) ORDER BY place), '[]')
			FROM jsonb_array_elements(given) WITH ORDINALITY AS listed(entry, place));
	ELSIF jsonb_typeof(given) = 'object' AND parent <> 'items' THEN
		RETURN (SELECT coalesce(jsonb_object_agg(
			CASE key
				WHEN 'onceInHours' THEN 'cooldownHours'
				WHEN 'freshHours' THEN 'maxAgeHours'
				WHEN 'basketLeftHours' THEN 'cartAbandonedAfterHours'
				WHEN 'complaintOpenHours' THEN 'caseOpenForHours'
				WHEN 'needAtLeast' THEN 'minRepurchaseProbability'
				WHEN 'acceptedWithinHours' THEN 'attributionWindowHours'
				WHEN 'afterIgnored' THEN 'ignoredCount'
				WHEN 'forHours' THEN 'pauseHours'
				WHEN 'dismissedForHours' THEN 'dismissalCooldownHours'
				WHEN 'maxMatterAgeDays' THEN 'maxCaseAgeDays'
				WHEN 'afterHours' THEN CASE parent WHEN 'serviceRepeat' THEN 'minIntervalHours' ELSE 'delayHours' END
				ELSE key
			END,
			CASE
				WHEN key IN ('rule', 'audience') AND jsonb_typeof(value) = 'string'
					THEN to_jsonb(pg_temp.renamed_expression(value #>> '{}'))
				ELSE pg_temp.renamed_document(value, key)
			END), '{}') FROM jsonb_each(given));
	ELSE
		RETURN given;
	END IF;
END $function$;--> statement-breakpoint
UPDATE policies SET policy = pg_temp.renamed_document(policy, '');--> statement-breakpoint
UPDATE plans SET request = pg_temp.renamed_document(request, '');--> statement-breakpoint
UPDATE offers SET offer = (offer - 'matter')
	|| CASE WHEN offer ? 'matter' THEN jsonb_build_object('caseType', offer -> 'matter') ELSE '{}' END
	|| CASE WHEN offer ? 'eligibility'
		THEN jsonb_build_object('eligibility', pg_temp.renamed_expression(offer ->> 'eligibility')) ELSE '{}' END
	|| CASE WHEN offer ? 'treatments' THEN jsonb_build_object('treatments', (
		SELECT jsonb_agg(treatment || jsonb_build_object('content', (
			SELECT coalesce(jsonb_object_agg(key, pg_temp.renamed_template(value)), '{}') FROM jsonb_each_text(treatment -> 'content')
		)) ORDER BY place)
		FROM jsonb_array_elements(offer -> 'treatments') WITH ORDINALITY AS listed(treatment, place)
	)) ELSE '{}' END
WHERE offer ?| ARRAY['matter', 'eligibility', 'treatments'];--> statement-breakpoint
UPDATE contacts SET version = version + 1, reservations = (
	SELECT jsonb_agg((held - 'occasion' - 'matter')
		|| CASE WHEN held ? 'occasion' THEN jsonb_build_object('contactGroup', held -> 'occasion') ELSE '{}' END
		|| CASE WHEN held ? 'matter' THEN jsonb_build_object('caseId', held -> 'matter') ELSE '{}' END
		ORDER BY place)
	FROM jsonb_array_elements(reservations) WITH ORDINALITY AS listed(held, place)
)
WHERE jsonb_path_exists(reservations, '$[*] ? (exists(@.occasion) || exists(@.matter))');--> statement-breakpoint
DROP FUNCTION pg_temp.renamed_document(jsonb, text);--> statement-breakpoint
DROP FUNCTION pg_temp.renamed_template(text);--> statement-breakpoint
DROP FUNCTION pg_temp.renamed_expression(text);
