CREATE TABLE "notices" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"severity" text NOT NULL,
	"organization_id" text,
	"user_id" text,
	"data" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"told_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "alert_preferences" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"is_mailed" boolean DEFAULT true NOT NULL,
	"is_slack_on" boolean DEFAULT false NOT NULL,
	"slack_url" text,
	"severities" jsonb NOT NULL,
	"thresholds" integer[]
);
--> statement-breakpoint
CREATE TABLE "digest_entries" (
	"user_id" text NOT NULL,
	"notice_id" text NOT NULL,
	CONSTRAINT "digest_entries_user_id_notice_id_pk" PRIMARY KEY("user_id","notice_id")
);
--> statement-breakpoint
CREATE TABLE "mail_modes" (
	"user_id" text NOT NULL,
	"type" text NOT NULL,
	"mode" text NOT NULL,
	CONSTRAINT "mail_modes_user_id_type_pk" PRIMARY KEY("user_id","type")
);
--> statement-breakpoint
CREATE TABLE "notes" (
	"user_id" text NOT NULL,
	"notice_id" text NOT NULL,
	"read_at" timestamp (3) with time zone,
	CONSTRAINT "notes_user_id_notice_id_pk" PRIMARY KEY("user_id","notice_id")
);
--> statement-breakpoint
CREATE TABLE "quota_warnings" (
	"organization_id" text NOT NULL,
	"meter" text NOT NULL,
	"period_start" timestamp (3) with time zone NOT NULL,
	"threshold" integer NOT NULL,
	CONSTRAINT "quota_warnings_organization_id_meter_period_start_threshold_pk" PRIMARY KEY("organization_id","meter","period_start","threshold")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "warned_of_expiry" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "alert_preferences" ADD CONSTRAINT "alert_preferences_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "digest_entries" ADD CONSTRAINT "digest_entries_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "digest_entries" ADD CONSTRAINT "digest_entries_notice_id_notices_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_modes" ADD CONSTRAINT "mail_modes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_notice_id_notices_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notices"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quota_warnings" ADD CONSTRAINT "quota_warnings_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_organization" ON "notices" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "notices_created" ON "notices" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "notes_unread" ON "notes" USING btree ("user_id") WHERE "notes"."read_at" is null;--> statement-breakpoint
CREATE INDEX "notes_notice" ON "notes" USING btree ("notice_id");