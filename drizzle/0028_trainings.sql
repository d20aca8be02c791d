-- Expand: code since 0025_schema_compatibility may serve beside it.
CREATE TABLE "trainings" (
	"result" text PRIMARY KEY NOT NULL,
	"count" bigint NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL
);
