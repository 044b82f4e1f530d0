CREATE TABLE "usage_totals" (
	"organization_id" text NOT NULL,
	"unit" text NOT NULL,
	"route_id" text NOT NULL,
	"method" text NOT NULL,
	"start" timestamp (3) with time zone NOT NULL,
	"requests" bigint NOT NULL,
	"forwarded" bigint NOT NULL,
	"refused" bigint NOT NULL,
	"interrupted" bigint NOT NULL,
	"errors_4xx" bigint NOT NULL,
	"errors_5xx" bigint NOT NULL,
	"bytes_in" bigint NOT NULL,
	"bytes_out" bigint NOT NULL,
	"latency_bins" integer[] NOT NULL,
	CONSTRAINT "usage_totals_organization_id_unit_route_id_method_start_pk" PRIMARY KEY("organization_id","unit","route_id","method","start")
);
--> statement-breakpoint
CREATE INDEX "usage_totals_start" ON "usage_totals" USING brin ("start");
--> statement-breakpoint
INSERT INTO "usage_totals" SELECT CASE WHEN grouping("organization_id") = 1 THEN '' ELSE "organization_id" END, "unit", CASE WHEN grouping("route_id") = 1 THEN '*' ELSE "route_id" END, CASE WHEN grouping("method") = 1 THEN '*' ELSE "method" END, "start", sum("requests")::bigint, sum("forwarded")::bigint, sum("refused")::bigint, sum("interrupted")::bigint, sum("errors_4xx")::bigint, sum("errors_5xx")::bigint, sum("bytes_in")::bigint, sum("bytes_out")::bigint, sum_bins("latency_bins")::integer[] FROM (SELECT 'minute' AS "unit", * FROM "usage_minutes" UNION ALL SELECT 'hour', * FROM "usage_hours" UNION ALL SELECT 'day', * FROM "usage_days") AS "r" GROUP BY GROUPING SETS (("unit", "start", "organization_id"), ("unit", "start"), ("unit", "start", "route_id", "method"));--> statement-breakpoint
DROP AGGREGATE sum_bins(integer[]);--> statement-breakpoint
DROP FUNCTION sum_bins_step(double precision[], integer[]);
