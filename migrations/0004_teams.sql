DROP INDEX "organizations_owner";--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "last_organization_id" text;--> statement-breakpoint
CREATE UNIQUE INDEX "organizations_owner" ON "organizations" USING btree ("owner_id");