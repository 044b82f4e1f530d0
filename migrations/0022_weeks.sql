CREATE TABLE "usage_weeks" (
	"start" timestamp (3) with time zone NOT NULL,
	"organization_id" text NOT NULL,
	"key_id" text NOT NULL,
	"route_id" text NOT NULL,
	"method" text NOT NULL,
	"requests" bigint NOT NULL,
	"forwarded" bigint NOT NULL,
	"refused" bigint NOT NULL,
	"interrupted" bigint NOT NULL,
	"errors_4xx" bigint NOT NULL,
	"errors_5xx" bigint NOT NULL,
	"bytes_in" bigint NOT NULL,
	"bytes_out" bigint NOT NULL,
	"latency_bins" integer[] NOT NULL,
	CONSTRAINT "usage_weeks_organization_id_start_key_id_route_id_method_pk" PRIMARY KEY("organization_id","start","key_id","route_id","method")
);
--> statement-breakpoint
CREATE INDEX "usage_weeks_start" ON "usage_weeks" USING brin ("start");--> statement-breakpoint
CREATE AGGREGATE sum_bins(integer[]) (SFUNC = add_bins, STYPE = integer[], INITCOND = '{}');--> statement-breakpoint
INSERT INTO "usage_weeks" SELECT to_timestamp(floor(extract(epoch FROM "start") / 604800) * 604800) AS "week", "organization_id", "key_id", "route_id", "method", sum("requests")::bigint, sum("forwarded")::bigint, sum("refused")::bigint, sum("interrupted")::bigint, sum("errors_4xx")::bigint, sum("errors_5xx")::bigint, sum("bytes_in")::bigint, sum("bytes_out")::bigint, sum_bins("latency_bins") FROM "usage_days" GROUP BY 1, 2, 3, 4, 5;--> statement-breakpoint
INSERT INTO "usage_totals" SELECT "organization_id", 'week', "route_id", "method", to_timestamp(floor(extract(epoch FROM "start") / 604800) * 604800) AS "week", sum("requests")::bigint, sum("forwarded")::bigint, sum("refused")::bigint, sum("interrupted")::bigint, sum("errors_4xx")::bigint, sum("errors_5xx")::bigint, sum("bytes_in")::bigint, sum("bytes_out")::bigint, sum_bins("latency_bins") FROM "usage_totals" WHERE "unit" = 'day' GROUP BY 1, 3, 4, 5;--> statement-breakpoint
DROP AGGREGATE sum_bins(integer[]);
