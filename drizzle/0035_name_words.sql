-- Expand: code since 0025_schema_compatibility may serve beside it.
-- Custom SQL migration: drizzle-kit knows no functions. Words of a person's name, folded as `tokensOf` of src/core/identity/resolve does, so
-- that an index finds them whatever code wrote the traits. Separators are listed, because in the locale C no letter beyond ASCII is one.
CREATE FUNCTION has_name(traits jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT traits ?| ARRAY['name', 'fullName', 'full_name', 'firstName', 'first_name', 'lastName', 'last_name']
$$;
--> statement-breakpoint
CREATE FUNCTION name_words(traits jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(array_remove(regexp_split_to_array(
    replace(replace(replace(replace(translate(lower(regexp_replace(normalize(
      left(coalesce(traits ->> 'name', ''), 200)
      || ' ' || left(coalesce(traits ->> 'fullName', ''), 200) || ' ' || left(coalesce(traits ->> 'full_name', ''), 200)
      || ' ' || left(coalesce(traits ->> 'firstName', ''), 200) || ' ' || left(coalesce(traits ->> 'first_name', ''), 200)
      || ' ' || left(coalesce(traits ->> 'lastName', ''), 200) || ' ' || left(coalesce(traits ->> 'last_name', ''), 200),
    NFKD), '[\u0300-\u036f''’`´]', '', 'g')), 'øłđðı', 'olddi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
  '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+'), ''))
$$;
