CREATE INDEX "request_logs_errors" ON "request_logs" USING btree ("organization_id","time","id") WHERE "request_logs"."status" >= 400;--> statement-breakpoint
CREATE INDEX "usage_days_start" ON "usage_days" USING brin ("start");--> statement-breakpoint
CREATE INDEX "usage_hours_start" ON "usage_hours" USING brin ("start");--> statement-breakpoint
CREATE INDEX "usage_minutes_start" ON "usage_minutes" USING brin ("start");--> statement-breakpoint
DROP AGGREGATE sum_bins(integer[]);--> statement-breakpoint
CREATE OR REPLACE FUNCTION add_bins(a integer[], b integer[]) RETURNS integer[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  FOR i IN 1..cardinality(b) LOOP a[i] := coalesce(a[i], 0) + b[i]; END LOOP;
  RETURN a;
END
$$;--> statement-breakpoint
CREATE FUNCTION sum_bins_step(a double precision[], b integer[]) RETURNS double precision[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  FOR i IN 1..cardinality(b) LOOP a[i] := coalesce(a[i], 0) + b[i]; END LOOP;
  RETURN a;
END
$$;--> statement-breakpoint
CREATE AGGREGATE sum_bins(integer[]) (SFUNC = sum_bins_step, STYPE = double precision[], INITCOND = '{}', PARALLEL = SAFE);
