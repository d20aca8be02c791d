CREATE TABLE "identifier_counterparts" (
	"identifier" uuid NOT NULL,
	"counterpart" uuid NOT NULL,
	"type" text NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "identifier_counterparts_identifier_counterpart_pk" PRIMARY KEY("identifier","counterpart")
);
--> statement-breakpoint
CREATE TABLE "shared_identifiers" (
	"type" text NOT NULL,
	"value" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"allowed_at" timestamp (3) with time zone,
	CONSTRAINT "shared_identifiers_type_value_pk" PRIMARY KEY("type","value")
);
--> statement-breakpoint
CREATE INDEX "identifier_counterparts_other" ON "identifier_counterparts" USING btree ("counterpart");--> statement-breakpoint
CREATE INDEX "identifier_counterparts_seen" ON "identifier_counterparts" USING btree ("seen_at");--> statement-breakpoint
-- Ids of items and offers are compared in Unicode's composed form from now on; where both forms are in the catalogue, the composed stands.
DO $$ BEGIN
IF getdatabaseencoding() = 'UTF8' THEN
	INSERT INTO "items" ("id", "item", "updated_at")
	SELECT DISTINCT ON (normalize("id")) normalize("id"), jsonb_set("item", '{id}', to_jsonb(normalize("id"))), clock_timestamp()
	FROM "items" WHERE "id" IS NOT NFC NORMALIZED AND "deleted_at" IS NULL ORDER BY normalize("id"), "updated_at" DESC
	ON CONFLICT ("id") DO UPDATE SET "item" = excluded."item", "updated_at" = excluded."updated_at", "deleted_at" = NULL
	WHERE "items"."deleted_at" IS NOT NULL;
	UPDATE "items" SET "deleted_at" = clock_timestamp(), "updated_at" = clock_timestamp()
	WHERE "id" IS NOT NFC NORMALIZED AND "deleted_at" IS NULL;
	UPDATE "offers" SET "offer" = jsonb_set("offer", '{itemId}', to_jsonb(normalize("offer" ->> 'itemId'))), "updated_at" = clock_timestamp()
	WHERE "offer" ->> 'itemId' IS NOT NFC NORMALIZED;
	INSERT INTO "offers" ("id", "offer", "updated_at")
	SELECT DISTINCT ON (normalize("id")) normalize("id"), jsonb_set("offer", '{id}', to_jsonb(normalize("id"))), clock_timestamp()
	FROM "offers" WHERE "id" IS NOT NFC NORMALIZED AND "deleted_at" IS NULL ORDER BY normalize("id"), "updated_at" DESC
	ON CONFLICT ("id") DO UPDATE SET "offer" = excluded."offer", "updated_at" = excluded."updated_at", "deleted_at" = NULL
	WHERE "offers"."deleted_at" IS NOT NULL;
	UPDATE "offers" SET "deleted_at" = clock_timestamp(), "updated_at" = clock_timestamp()
	WHERE "id" IS NOT NFC NORMALIZED AND "deleted_at" IS NULL;
END IF;
END $$;
