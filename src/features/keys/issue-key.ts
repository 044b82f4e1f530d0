import { type Actor, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError, notFound } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { createKey, digestOf, visibleParts } from '../../core/key-format.ts'
import { getUser } from '../accounts/users.ts'
import { recordAudit } from '../audit/audit.ts'
import { tell } from '../notices/notices.ts'
import { getSettings } from '../settings/settings.ts'
import { keyIssued } from './events.ts'
import { toExpiry } from './key-expiry.ts'
import type { IssueKey } from './key-input.ts'
import { assertRoom } from './key-limit.ts'
import { toKeyNotice } from './key-notices.ts'
import type { IssuedKey } from './keys.ts'
import { type ApiKeyRow, apiKeys } from './schema.ts'

/** Issues a key. The secret is in the answer and nowhere else: only its hash is stored. */
export async function issueKey(app: App, actor: Actor, input: IssueKey): Promise<IssuedKey> {
  const organizationId = requireOrganization(actor, 'keys:write')
  if (!(await getSettings(app)).portal_allow_key_creation) {
    throw new AppError(
      'forbidden',
      'key_creation_disabled',
      'Keys are handed out by the operator. Ask for one.',
    )
  }
  return issueKeyOf(app, actor, organizationId, input)
}

/** Issues a key for a user's own organization, as the operator. */
export async function issueKeyForUser(
  app: App,
  actor: Actor,
  userId: string,
  input: IssueKey,
): Promise<IssuedKey> {
  const user = await getUser(app, actor, userId)
  if (!user.organizationId) throw notFound('organization')
  return issueKeyOf(app, actor, user.organizationId, input)
}

async function issueKeyOf(
  app: App,
  actor: Actor,
  organizationId: string,
  input: IssueKey,
): Promise<IssuedKey> {
  const expiresAt = toExpiry(app, input.expires_at)
  const { key_prefix } = await getSettings(app)
  return inTransaction(app, async (tx) => {
    await assertRoom(tx, organizationId)
    const key = createKey(key_prefix, input.environment ?? 'live')
    const issued = await insertKey(tx, actor, key, {
      organizationId,
      name: input.name,
      environment: input.environment ?? 'live',
      scopes: input.scopes ?? ['*'],
      ipAllowlist: input.ip_allowlist ?? [],
      rateLimitPerMinute: input.rate_limit_per_minute ?? null,
      monthlyLimit: input.monthly_limit ?? null,
      expiresAt,
      rotatedFrom: null,
    })
    await tx.jobs.announce(keyIssued, { keyId: issued.id, organizationId })
    await tell(tx, { type: 'key.created', organizationId, data: toKeyNotice(issued) })
    await recordAudit(tx, actor, {
      action: 'keys.issued',
      target: { type: 'key', id: issued.id },
      organizationId,
      changes: input,
    })
    return issued
  })
}

export type NewKey = Pick<
  ApiKeyRow,
  | 'organizationId'
  | 'name'
  | 'environment'
  | 'scopes'
  | 'ipAllowlist'
  | 'rateLimitPerMinute'
  | 'monthlyLimit'
  | 'expiresAt'
  | 'rotatedFrom'
>

export async function insertKey(
  tx: App,
  actor: Actor,
  key: string,
  row: NewKey,
): Promise<IssuedKey> {
  const now = tx.now()
  const digest = digestOf(key)
  const values = {
    ...row,
    ...visibleParts(key),
    id: newId('key', now.getTime()),
    digest,
    createdBy: actor.type === 'user' ? actor.userId : null,
    createdAt: now,
  }
  const [inserted] = await tx.db.insert(apiKeys).values(values).returning()
  await tx.signals.send({ topic: 'keys', keyIds: [inserted!.id], digests: [digest] })
  return { ...inserted!, lastUsedAt: null, requestsThisMonth: 0, key }
}
