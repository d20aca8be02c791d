-- Expand, outside a transaction: code since 0025_schema_compatibility may serve beside it.
-- Indexes by which customers are searched for: they read events, identifiers and profiles once, and nobody waits.
CREATE INDEX CONCURRENTLY "events_order" ON "events" USING btree ((properties ->> 'orderId')) WHERE properties ? 'orderId';--> statement-breakpoint
CREATE INDEX CONCURRENTLY "identifiers_beginning" ON "identifiers" USING btree ("type","value" text_pattern_ops) WHERE type <> 'anonymousId';--> statement-breakpoint
CREATE INDEX CONCURRENTLY "identifiers_ending" ON "identifiers" USING btree ("type",reverse(value) text_pattern_ops) WHERE type in ('phone', 'loyaltyCard');--> statement-breakpoint
CREATE INDEX CONCURRENTLY "profiles_names" ON "profiles" USING gin (name_words(traits)) WITH (fastupdate=false) WHERE has_name(traits);
