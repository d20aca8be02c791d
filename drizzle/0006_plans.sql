CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"request" jsonb NOT NULL,
	"release_id" uuid,
	"findings" jsonb,
	"readings" jsonb,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"planned_at" timestamp (3) with time zone,
	"approved_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sends" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"item_id" text NOT NULL,
	"rung" text NOT NULL,
	"state" text NOT NULL,
	"withheld" boolean NOT NULL,
	"segment" text NOT NULL,
	"p" double precision NOT NULL,
	"b" double precision NOT NULL,
	"delta" double precision NOT NULL,
	"money" double precision NOT NULL,
	"gift" boolean NOT NULL,
	"times" jsonb NOT NULL,
	"terms" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"veto_until" timestamp (3) with time zone,
	"resolve_by" timestamp (3) with time zone,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "sends_customer_id_id_pk" PRIMARY KEY("customer_id","id")
);
--> statement-breakpoint
CREATE INDEX "plans_open" ON "plans" USING btree ("created_at") WHERE status <> 'done';--> statement-breakpoint
CREATE UNIQUE INDEX "sends_id" ON "sends" USING btree ("id");--> statement-breakpoint
CREATE INDEX "sends_plan" ON "sends" USING btree ("plan_id","state","id");--> statement-breakpoint
CREATE INDEX "sends_due" ON "sends" USING btree ("resolve_by") WHERE state in ('reserved', 'dispatched', 'delivered');