import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, like, lt, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { verifications } from './schema.ts'

/** What a token proves that its bearer may do: that of a link, or one for the next step of signing in. */
export type Proof =
  | 'verify-email'
  | 'reset-password'
  | 'first-admin'
  | 'second-factor'
  | 'email-change-new'
  | 'email-change-old'
  | 'passkey-sign-in'
  | 'passkey-registration'
  | 'live'
  | 'portal-session'

/** Long enough for a mailbox that is read rarely, as an old one is. */
export const emailChangeMs = 72 * 3_600_000

const lifetimeMs: Record<Proof, number> = {
  'verify-email': 24 * 3_600_000,
  'reset-password': 3_600_000,
  'first-admin': 24 * 3_600_000,
  'second-factor': 10 * 60_000,
  'email-change-new': emailChangeMs,
  'email-change-old': emailChangeMs,
  'passkey-sign-in': 10 * 60_000,
  'passkey-registration': 10 * 60_000,
  live: 30_000,
  'portal-session': 60_000,
}

/** Of which one may have several at a time, as a person opens several pages. */
const plural: Proof[] = ['live', 'portal-session']

/**
 * Makes the one valid token of this kind for a user, or another subject; earlier ones end, unless
 * the kind is `plural`. Only its hash is stored. `validMs` is for a mail that nobody waits for.
 */
export async function issueProof(
  tx: App,
  kind: Proof,
  subject: string,
  validMs = lifetimeMs[kind],
): Promise<string> {
  const now = tx.now()
  const identifier = `${kind}:${subject}`
  const id = newId('vrf', now.getTime())
  const secret = randomBytes(32).toString('base64url')
  if (!plural.includes(kind)) await endProofs(tx, kind, subject)
  await tx.db.insert(verifications).values({
    ...{ id, identifier, value: hashOf(secret), createdAt: now },
    expiresAt: new Date(now.getTime() + validMs),
  })
  return `${id}.${secret}`
}

/** The subject that a token speaks for; null when it is unknown, of another kind, spent or too old. */
export async function findProof(app: App, kind: Proof, token: string): Promise<string | null> {
  const [row] = await app.db
    .select()
    .from(verifications)
    .where(isLive(app, kind, token))
  return row ? subjectOf(row) : null
}

/** As `findProof`, and ends the token, so that it is redeemed once even by two at a time. */
export async function spendProof(tx: App, kind: Proof, token: string): Promise<string | null> {
  const [row] = await tx.db
    .delete(verifications)
    .where(isLive(tx, kind, token))
    .returning()
  return row ? subjectOf(row) : null
}

/**
 * As `findProof`, and counts the attempt, so that the token is dead after `max` of them, also when
 * they come all at once.
 */
export async function tryProof(
  app: App,
  kind: Proof,
  token: string,
  max: number,
): Promise<{ userId: string; isLast: boolean } | null> {
  const [row] = await app.db
    .update(verifications)
    .set({ attempts: sql`${verifications.attempts} + 1` })
    .where(and(isLive(app, kind, token), lt(verifications.attempts, max)))
    .returning()
  return row ? { userId: subjectOf(row), isLast: row.attempts === max } : null
}

/** Forgets tokens that are too old to be redeemed. */
export async function pruneProofs(app: App): Promise<void> {
  await app.db.delete(verifications).where(lt(verifications.expiresAt, app.now()))
}

/** Ends the tokens of a kind that a user, or another subject, has. */
export async function endProofs(tx: App, kind: Proof, subject: string): Promise<void> {
  await tx.db.delete(verifications).where(eq(verifications.identifier, `${kind}:${subject}`))
}

export function tokenInvalid(): AppError {
  return new AppError(
    'invalid',
    'token_invalid',
    'This link has been used or is too old. Ask for a new one.',
  )
}

function isLive(app: App, kind: Proof, token: string) {
  const [id = '', secret = ''] = token.split('.')
  return and(
    eq(verifications.id, id),
    eq(verifications.value, hashOf(secret)),
    like(verifications.identifier, `${kind}:%`),
    gt(verifications.expiresAt, app.now()),
  )
}

const subjectOf = ({ identifier }: { identifier: string }) =>
  identifier.slice(identifier.indexOf(':') + 1)
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
