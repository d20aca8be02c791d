ALTER TABLE "events" ADD COLUMN "trust" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "given_name" text;--> statement-breakpoint
ALTER TABLE "profiles" ADD COLUMN "history_format" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX "profiles_outdated" ON "profiles" USING btree ("customer_id") WHERE history_format < 2 and merged_into is null;