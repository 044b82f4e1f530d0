CREATE TABLE "event_identities" (
	"digest" uuid PRIMARY KEY NOT NULL,
	"at" timestamp(6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "meter_corrections" (
	"digest" uuid PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"meter_id" text NOT NULL,
	"at" timestamp(6) with time zone NOT NULL,
	"corrected" uuid NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"before" numeric,
	"after" numeric,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "meter_events" (
	"organization_id" text NOT NULL,
	"meter_id" text NOT NULL,
	"at" timestamp(6) with time zone NOT NULL,
	"digest" uuid NOT NULL,
	"seq" bigserial NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"value" numeric,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "meter_events_organization_id_meter_id_at_digest_pk" PRIMARY KEY("organization_id","meter_id","at","digest")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "meter_rollups" (
	"organization_id" text NOT NULL,
	"meter_id" text NOT NULL,
	"unit" text NOT NULL,
	"start" timestamp (3) with time zone NOT NULL,
	"events" bigint NOT NULL,
	"total" numeric,
	"last" numeric,
	"last_at" timestamp(6) with time zone,
	"last_seq" bigint,
	"highest" numeric,
	CONSTRAINT "meter_rollups_organization_id_meter_id_unit_start_pk" PRIMARY KEY("organization_id","meter_id","unit","start")
);
--> statement-breakpoint
CREATE TABLE "meters" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"unit" text NOT NULL,
	"archived_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "meters_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "service_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"digest" text NOT NULL,
	"prefix" text NOT NULL,
	"last_four" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "service_keys_digest_unique" UNIQUE("digest")
);
--> statement-breakpoint
CREATE INDEX "meter_corrections_organization" ON "meter_corrections" USING btree ("organization_id","at");--> statement-breakpoint
CREATE INDEX "meter_rollups_start" ON "meter_rollups" USING brin ("start");--> statement-breakpoint
CREATE INDEX "meter_rollups_meter" ON "meter_rollups" USING btree ("meter_id") WHERE "meter_rollups"."unit" = 'day';