-- Expand: code since 0025_schema_compatibility may serve beside it.
CREATE TABLE "customer_figures" (
	"customer_id" uuid PRIMARY KEY NOT NULL,
	"counted" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "figure_changes" (
	"customer_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "figure_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	CONSTRAINT "figure_changes_customer_id_id_pk" PRIMARY KEY("customer_id","id")
);
--> statement-breakpoint
CREATE TABLE "figure_deltas" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "figure_deltas_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"quarter" text NOT NULL,
	"day" integer,
	"arm" text NOT NULL,
	"goal" text NOT NULL,
	"by" text NOT NULL,
	"slice" text NOT NULL,
	"currency" text NOT NULL,
	"customers" integer NOT NULL,
	"x" double precision NOT NULL,
	"y" double precision NOT NULL,
	"xx" double precision NOT NULL,
	"yy" double precision NOT NULL,
	"xy" double precision NOT NULL,
	"recorded_day" integer NOT NULL,
	"compacted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "figure_enrolments" (
	"name" text PRIMARY KEY NOT NULL,
	"after" uuid,
	"done" boolean DEFAULT false NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "goals" (
	"id" text PRIMARY KEY NOT NULL,
	"goal" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "customer_figures" ADD CONSTRAINT "customer_figures_customer_id_profiles_customer_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."profiles"("customer_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "figure_changes_id" ON "figure_changes" USING btree ("id");--> statement-breakpoint
CREATE INDEX "figure_deltas_goal" ON "figure_deltas" USING btree ("goal","quarter","by","slice");--> statement-breakpoint
CREATE INDEX "figure_deltas_new" ON "figure_deltas" USING btree ("recorded_day") WHERE not compacted;--> statement-breakpoint
-- Custom SQL: drizzle-kit knows no functions and triggers. Triggers, because code of before, and each way in which rows go to another
-- customer, changes what figures count too; they append a row and touch no row of others.
CREATE FUNCTION note_figure_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO figure_changes (customer_id) SELECT DISTINCT customer_id FROM changed;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION note_figure_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO figure_changes (customer_id)
  SELECT id FROM unnest(ARRAY[NEW.customer_id, OLD.merged_into, NEW.merged_into]) AS concerned(id) WHERE id IS NOT NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Figures of goals, one row each: a day's sums, or (day null) a quarter's moments over customers.
CREATE VIEW goal_figures AS
SELECT goal, quarter, date '1970-01-01' + day AS day, arm, by AS dimension, slice, currency, sum(customers)::bigint AS customers,
  sum(x) AS numerator, sum(y) AS denominator, sum(xx) AS numerator_squares, sum(yy) AS denominator_squares, sum(xy) AS products,
  date '1970-01-01' + max(recorded_day) AS last_changed
FROM figure_deltas GROUP BY goal, quarter, figure_deltas.day, arm, by, slice, currency;
--> statement-breakpoint
CREATE TRIGGER "note_figure_insert" AFTER INSERT ON "events" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_update" AFTER UPDATE ON "events" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_delete" AFTER DELETE ON "events" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_insert" AFTER INSERT ON "decisions" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_update" AFTER UPDATE ON "decisions" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_delete" AFTER DELETE ON "decisions" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_insert" AFTER INSERT ON "outcomes" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_update" AFTER UPDATE ON "outcomes" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_delete" AFTER DELETE ON "outcomes" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_insert" AFTER INSERT ON "profiles" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_figure_changes();
--> statement-breakpoint
CREATE TRIGGER "note_figure_merge" AFTER UPDATE ON "profiles" FOR EACH ROW WHEN (OLD.merged_into IS DISTINCT FROM NEW.merged_into) EXECUTE FUNCTION note_figure_merge();
