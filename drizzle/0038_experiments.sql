-- Expand: code since 0025_schema_compatibility may serve beside it.
CREATE TABLE "experiment_exposures" (
	"customer_id" uuid NOT NULL,
	"experiment_id" text NOT NULL,
	"arm" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "experiment_exposures_customer_id_experiment_id_arm_pk" PRIMARY KEY("customer_id","experiment_id","arm")
);
--> statement-breakpoint
CREATE TABLE "experiments" (
	"id" text PRIMARY KEY NOT NULL,
	"design" jsonb NOT NULL,
	"placement" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"stopped_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "experiments_running" ON "experiments" USING btree ("placement") WHERE stopped_at is null and placement is not null;