-- Expand: code since 0025_schema_compatibility may serve beside it.
-- Events of such code have no record, which says that their origin is unknown.
CREATE TABLE "record_identifiers" (
	"customer_id" uuid NOT NULL,
	"record_id" uuid NOT NULL,
	"type" text NOT NULL,
	"value" text NOT NULL,
	"given" text,
	"at" timestamp (3) with time zone NOT NULL,
	"told_at" timestamp (3) with time zone NOT NULL,
	"message_id" text NOT NULL,
	"claimed" boolean DEFAULT false NOT NULL,
	CONSTRAINT "record_identifiers_customer_id_record_id_type_value_claimed_pk" PRIMARY KEY("customer_id","record_id","type","value","claimed")
);
--> statement-breakpoint
CREATE TABLE "record_traits" (
	"customer_id" uuid NOT NULL,
	"record_id" uuid NOT NULL,
	"name" text NOT NULL,
	"value" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"repeated_at" timestamp (3) with time zone NOT NULL,
	"told_at" timestamp (3) with time zone NOT NULL,
	"message_id" text NOT NULL,
	"claimed" boolean DEFAULT false NOT NULL,
	CONSTRAINT "record_traits_customer_id_record_id_name_at_message_id_pk" PRIMARY KEY("customer_id","record_id","name","at","message_id")
);
--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "record_id" uuid;--> statement-breakpoint
ALTER TABLE "record_identifiers" ADD CONSTRAINT "record_identifiers_customer_id_profiles_customer_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."profiles"("customer_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_traits" ADD CONSTRAINT "record_traits_customer_id_profiles_customer_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."profiles"("customer_id") ON DELETE cascade ON UPDATE no action;