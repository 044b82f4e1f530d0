CREATE TABLE "live_events" (
	"stream" text NOT NULL,
	"seq" bigint NOT NULL,
	"event" text NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "live_events_stream_seq_pk" PRIMARY KEY("stream","seq")
);
--> statement-breakpoint
CREATE TABLE "live_streams" (
	"stream" text PRIMARY KEY NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"followed_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "live_events_created" ON "live_events" USING btree ("created_at");