ALTER TABLE "webhook_endpoints" ADD COLUMN "former_secrets" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" DROP COLUMN "former_secret";--> statement-breakpoint
ALTER TABLE "webhook_endpoints" DROP COLUMN "former_secret_until";