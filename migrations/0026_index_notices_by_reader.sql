CREATE INDEX "notices_user" ON "notices" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "digest_entries_notice" ON "digest_entries" USING btree ("notice_id");