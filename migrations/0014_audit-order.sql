DROP INDEX "audit_log_time";--> statement-breakpoint
CREATE INDEX "audit_log_time" ON "audit_log" USING btree ("time","seq");