CREATE TABLE "artifact_chunks" (
	"artifact_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "artifact_chunks_artifact_id_sequence_pk" PRIMARY KEY("artifact_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "artifacts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"manifest" jsonb NOT NULL,
	"digest" text NOT NULL,
	"byte_length" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"customer_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"reservations" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contents" (
	"customer_id" uuid NOT NULL,
	"placement" text NOT NULL,
	"campaign" text NOT NULL,
	"slot" text NOT NULL,
	"format" text NOT NULL,
	"decision_id" uuid NOT NULL,
	"body" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "contents_customer_id_placement_campaign_slot_format_pk" PRIMARY KEY("customer_id","placement","campaign","slot","format")
);
--> statement-breakpoint
CREATE TABLE "decision_index" (
	"id" uuid PRIMARY KEY NOT NULL,
	"customer_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"customer_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"id" uuid NOT NULL,
	"verb" text NOT NULL,
	"placement" text NOT NULL,
	"channel" text,
	"kind" text,
	"offer_id" text,
	"release_id" uuid,
	"policy_version" text NOT NULL,
	"trace" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"activated_at" timestamp (3) with time zone,
	CONSTRAINT "decisions_customer_id_at_id_pk" PRIMARY KEY("customer_id","at","id")
);
--> statement-breakpoint
CREATE TABLE "evaluations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"release_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"report" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"customer_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"message_id" text NOT NULL,
	"name" text NOT NULL,
	"lines" jsonb NOT NULL,
	"channel" text,
	"properties" jsonb NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "events_customer_id_at_message_id_pk" PRIMARY KEY("customer_id","at","message_id")
);
--> statement-breakpoint
CREATE TABLE "identifiers" (
	"type" text NOT NULL,
	"value" text NOT NULL,
	"customer_id" uuid NOT NULL,
	"attached_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "identifiers_type_value_pk" PRIMARY KEY("type","value")
);
--> statement-breakpoint
CREATE TABLE "items" (
	"id" text PRIMARY KEY NOT NULL,
	"item" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"scope" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"prefix" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"message_id" text PRIMARY KEY NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "offers" (
	"id" text PRIMARY KEY NOT NULL,
	"offer" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "outcomes" (
	"customer_id" uuid NOT NULL,
	"decision_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"outcome" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"value" jsonb,
	CONSTRAINT "outcomes_customer_id_decision_id_message_id_pk" PRIMARY KEY("customer_id","decision_id","message_id")
);
--> statement-breakpoint
CREATE TABLE "profiles" (
	"customer_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"merged_into" uuid,
	"history" jsonb NOT NULL,
	"vector" "bytea",
	"vector_release" uuid,
	"stage" text NOT NULL,
	"traits" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"consents" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "promotions" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "promotions_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"release_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"forced" boolean NOT NULL,
	"rollback" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "releases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"artifacts" jsonb NOT NULL,
	"manifest" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE INDEX "decision_index_customer" ON "decision_index" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "decisions_at" ON "decisions" USING btree ("at");--> statement-breakpoint
CREATE INDEX "events_at" ON "events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "identifiers_customer" ON "identifiers" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "items_updated" ON "items" USING btree ("updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "keys_hash" ON "keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "offers_updated" ON "offers" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "outcomes_at" ON "outcomes" USING btree ("at");