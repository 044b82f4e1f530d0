DROP INDEX "request_logs_organization";--> statement-breakpoint
DROP INDEX "request_logs_errors";--> statement-breakpoint
ALTER TABLE "request_logs" DROP CONSTRAINT "request_logs_time_id_pk";--> statement-breakpoint
ALTER TABLE "request_logs" ADD COLUMN "rate_limit" bigint;--> statement-breakpoint
ALTER TABLE "request_logs" ADD COLUMN "rate_remaining" bigint;--> statement-breakpoint
ALTER TABLE "request_logs" ADD COLUMN "quota" bigint;--> statement-breakpoint
ALTER TABLE "request_logs" ADD COLUMN "quota_used" bigint;--> statement-breakpoint
UPDATE "request_logs" SET
  "rate_limit" = ("limits"->>'rateLimit')::bigint, "rate_remaining" = ("limits"->>'rateRemaining')::bigint,
  "quota" = ("limits"->>'quota')::bigint, "quota_used" = ("limits"->>'quotaUsed')::bigint
WHERE "limits" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "request_logs_time" ON "request_logs" USING btree ("time");--> statement-breakpoint
CREATE INDEX "request_logs_organization" ON "request_logs" USING btree ("organization_id","time");--> statement-breakpoint
CREATE INDEX "request_logs_errors" ON "request_logs" USING btree ("organization_id","time") WHERE "request_logs"."status" >= 400;--> statement-breakpoint
ALTER TABLE "request_logs" DROP COLUMN "limits";