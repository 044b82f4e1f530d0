ALTER TABLE "audit_log" ADD COLUMN "actor_role" text;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "actor_salt" text;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "actor_commitment" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "changes_salt" text;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "changes_commitment" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "seq" bigint;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "hash" text;--> statement-breakpoint
CREATE INDEX "audit_log_actor" ON "audit_log" USING btree ("actor_id","time");--> statement-breakpoint
CREATE INDEX "audit_log_target" ON "audit_log" USING btree ("target_id","time");--> statement-breakpoint
CREATE INDEX "audit_log_request" ON "audit_log" USING btree ("request_id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_log_seq" ON "audit_log" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "audit_log_email" ON "audit_log" USING btree (lower("changes" ->> 'email')) WHERE "audit_log"."changes" ? 'email';--> statement-breakpoint
CREATE FUNCTION audit_commitment(salt text, content text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(salt || content, 'UTF8')), 'hex')
$$;--> statement-breakpoint
CREATE FUNCTION audit_hash(place bigint, previous text, r audit_log) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(json_build_array(
    place, previous, r.id, to_char(r.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    r.actor_type, r.actor_id, r.actor_role, r.actor_commitment, r.action, r.target_type, r.target_id,
    r.organization_id, r.request_id, r.changes_commitment)::text, 'UTF8')), 'hex')
$$;--> statement-breakpoint
CREATE FUNCTION audit_seal(r audit_log) RETURNS audit_log LANGUAGE plpgsql AS $$
BEGIN
  r.actor_salt := replace(gen_random_uuid()::text, '-', '');
  r.actor_commitment := audit_commitment(r.actor_salt, json_build_array(r.actor_email, r.ip)::text);
  r.changes_salt := replace(gen_random_uuid()::text, '-', '');
  r.changes_commitment := audit_commitment(r.changes_salt, r.changes::text);
  r.seq := NULL;
  r.hash := NULL;
  RETURN r;
END
$$;--> statement-breakpoint
CREATE FUNCTION audit_log_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RETURN audit_seal(NEW);
END
$$;--> statement-breakpoint
CREATE FUNCTION audit_log_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place bigint := 0;
  previous text := '';
BEGIN
  -- Taken at commit, when the transaction waits for nothing else any more: it cannot deadlock.
  PERFORM pg_advisory_xact_lock(727110);
  SELECT seq, hash INTO place, previous FROM audit_log WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1;
  place := coalesce(place, 0) + 1;
  UPDATE audit_log SET seq = place, hash = audit_hash(place, coalesce(previous, ''), NEW) WHERE id = NEW.id;
  RETURN NULL;
END
$$;--> statement-breakpoint
CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed audit_log;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    allowed := OLD;
    IF NEW.actor_salt IS NULL THEN
      allowed.actor_email := NULL;
      allowed.ip := NULL;
      allowed.actor_salt := NULL;
    END IF;
    IF NEW.changes_salt IS NULL THEN
      allowed.changes := '{}';
      allowed.changes_salt := NULL;
    END IF;
    IF OLD.hash IS NULL THEN
      allowed.seq := NEW.seq;
      allowed.hash := NEW.hash;
    END IF;
    IF NEW IS NOT DISTINCT FROM allowed THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END
$$;--> statement-breakpoint
DO $$
DECLARE
  r audit_log;
  place bigint := 0;
  previous text := '';
BEGIN
  FOR r IN SELECT * FROM audit_log ORDER BY time, id LOOP
    r := audit_seal(r);
    place := place + 1;
    previous := audit_hash(place, previous, r);
    UPDATE audit_log SET
      actor_salt = r.actor_salt, actor_commitment = r.actor_commitment,
      changes_salt = r.changes_salt, changes_commitment = r.changes_commitment,
      seq = place, hash = previous
    WHERE id = r.id;
  END LOOP;
END
$$;--> statement-breakpoint
CREATE TRIGGER audit_log_seal BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_seal();--> statement-breakpoint
CREATE CONSTRAINT TRIGGER audit_log_chain AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_log_chain();--> statement-breakpoint
CREATE TRIGGER audit_log_guard BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_guard();--> statement-breakpoint
CREATE TRIGGER audit_log_guard_all BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_log_guard();
