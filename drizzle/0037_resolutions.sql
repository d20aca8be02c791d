-- Expand: code since 0025_schema_compatibility may serve beside it.
CREATE TABLE "identity_candidates" (
	"record_a" uuid NOT NULL,
	"record_b" uuid NOT NULL,
	"posterior" double precision NOT NULL,
	"weights" jsonb NOT NULL,
	"worth" double precision NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "identity_candidates_record_a_record_b_pk" PRIMARY KEY("record_a","record_b")
);
--> statement-breakpoint
CREATE TABLE "identity_models" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "identity_models_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"made_at" timestamp (3) with time zone NOT NULL,
	"model" "bytea" NOT NULL,
	"summary" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "identity_candidates_b" ON "identity_candidates" USING btree ("record_b");--> statement-breakpoint
CREATE INDEX "identity_candidates_worth" ON "identity_candidates" USING btree ("worth" DESC NULLS LAST,"record_a","record_b");