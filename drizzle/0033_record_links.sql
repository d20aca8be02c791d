-- Expand: code since 0025_schema_compatibility may serve beside it.
CREATE TABLE "record_links" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "record_links_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"record_a" uuid NOT NULL,
	"record_b" uuid NOT NULL,
	"verdict" text NOT NULL,
	"origin" text NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"posterior" double precision,
	"actor" jsonb,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "record_links_a" ON "record_links" USING btree ("record_a","record_b","id");--> statement-breakpoint
CREATE INDEX "record_links_b" ON "record_links" USING btree ("record_b","id");
