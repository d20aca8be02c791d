CREATE TABLE "send_index" (
	"id" uuid PRIMARY KEY NOT NULL,
	"customer_id" uuid NOT NULL
);
--> statement-breakpoint
DROP INDEX "sends_id";--> statement-breakpoint
CREATE INDEX "send_index_customer" ON "send_index" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "sends_id" ON "sends" USING btree ("id");
--> statement-breakpoint
INSERT INTO "send_index" ("id", "customer_id") SELECT "id", "customer_id" FROM "sends";
