ALTER TABLE "identifiers" ADD COLUMN "trust" text;--> statement-breakpoint
ALTER TABLE "identifiers" ADD COLUMN "used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "profiles" ADD COLUMN "claimed_traits" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "events_claimed" ON "events" USING btree ("customer_id") WHERE trust is not null;