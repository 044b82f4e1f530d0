import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, like } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { verifications } from './schema.ts'

/** What the token in a link proves that its bearer may do. */
export type Proof = 'verify-email' | 'reset-password' | 'first-admin'

const lifetimeMs: Record<Proof, number> = {
  'verify-email': 24 * 3_600_000,
  'reset-password': 3_600_000,
  'first-admin': 24 * 3_600_000,
}

/** Makes the one valid token of this kind for a user, or another subject; earlier ones end. Only its hash is stored. */
export async function issueProof(tx: App, kind: Proof, subject: string): Promise<string> {
  const now = tx.now()
  const identifier = `${kind}:${subject}`
  const id = newId('vrf', now.getTime())
  const secret = randomBytes(32).toString('base64url')
  await tx.db.delete(verifications).where(eq(verifications.identifier, identifier))
  await tx.db.insert(verifications).values({
    ...{ id, identifier, value: hashOf(secret), createdAt: now },
    expiresAt: new Date(now.getTime() + lifetimeMs[kind]),
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

export function tokenInvalid(): AppError {
  const message = 'This link has been used or is too old. Ask for a new one.'
  return new AppError('invalid', 'token_invalid', message)
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
