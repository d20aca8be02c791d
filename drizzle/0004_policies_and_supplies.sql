CREATE TABLE "policies" (
	"placement" text NOT NULL,
	"number" integer NOT NULL,
	"version" text NOT NULL,
	"policy" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "policies_placement_number_pk" PRIMARY KEY("placement","number")
);
--> statement-breakpoint
CREATE TABLE "supplies" (
	"key" text PRIMARY KEY NOT NULL,
	"used" double precision DEFAULT 0 NOT NULL,
	"held" double precision DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "supply_holds" (
	"decision_id" uuid NOT NULL,
	"key" text NOT NULL,
	"amount" double precision NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "supply_holds_decision_id_key_pk" PRIMARY KEY("decision_id","key")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "policies_version" ON "policies" USING btree ("version");--> statement-breakpoint
CREATE INDEX "supply_holds_expiry" ON "supply_holds" USING btree ("key","expires_at");