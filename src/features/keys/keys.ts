import { z } from '@hono/zod-openapi'
import { and, desc, eq, isNotNull, lte, sql } from 'drizzle-orm'
import { type Actor, requireAdmin, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError, notFound } from '../../core/errors.ts'
import {
  decodeTimeCursor,
  isAfter,
  type Page,
  PageQuery,
  toPage,
} from '../../core/http/pagination.ts'
import { getUser } from '../accounts/users.ts'
import { recordAudit } from '../audit/audit.ts'
import { changesOf } from '../audit/changes.ts'
import { getPeriod } from '../plans/plans.ts'
import { keyRevoked } from './events.ts'
import { isExpired, toExpiry } from './key-expiry.ts'
import type { UpdateKey } from './key-input.ts'
import { toKeyJson } from './key-json.ts'
import { assertRoom, isLive } from './key-limit.ts'
import { type ApiKeyRow, apiKeys, keyActivity, usagePeriods } from './schema.ts'

export { IssueKey, RotateKey, UpdateKey } from './key-input.ts'

export type KeyWithUsage = ApiKeyRow & { lastUsedAt: Date | null; requestsThisMonth: number }
export type IssuedKey = KeyWithUsage & { key: string }

export const ListKeys = PageQuery.extend({
  status: z.enum(['active', 'revoked', 'expired', 'all']).default('all'),
})
export type ListKeys = z.infer<typeof ListKeys>

/** The organization's keys, newest first. Revoked ones stay as history. */
export async function listKeys(
  app: App,
  actor: Actor,
  query: ListKeys,
): Promise<Page<KeyWithUsage>> {
  return listKeysOf(app, requireOrganization(actor, 'keys:read'), query)
}

/** Keys for the operator: of one user, by id or e-mail. */
export async function listKeysOfUser(
  app: App,
  actor: Actor,
  userId: string,
  query: ListKeys,
): Promise<Page<KeyWithUsage>> {
  const user = await getUser(app, actor, userId)
  return user.organizationId
    ? listKeysOf(app, user.organizationId, query)
    : { data: [], next_cursor: null }
}

async function listKeysOf(
  app: App,
  organizationId: string,
  query: ListKeys,
): Promise<Page<KeyWithUsage>> {
  const now = app.now()
  const after = decodeTimeCursor(query.cursor)
  const isRevoked = and(isNotNull(apiKeys.revokedAt), lte(apiKeys.revokedAt, now))
  const hasExpired = and(isNotNull(apiKeys.expiresAt), lte(apiKeys.expiresAt, now))
  const isUsable = isLive(now)
  const status = {
    active: isUsable,
    revoked: isRevoked,
    expired: and(hasExpired, sql`not (${isRevoked})`),
    all: undefined,
  }
  const rows = await selectKeys(app)
    .where(
      and(
        eq(apiKeys.organizationId, organizationId),
        status[query.status],
        isAfter(after, apiKeys.createdAt, apiKeys.id),
      ),
    )
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(query.limit + 1)
  return toPage(rows.map(merge), query.limit, (row) => [row.createdAt.getTime(), row.id])
}

/** One key of the organization. Another tenant's is not found. */
export async function getKey(app: App, actor: Actor, id: string): Promise<KeyWithUsage> {
  return getKeyOf(app, requireOrganization(actor, 'keys:read'), id)
}

export async function getKeyOf(
  app: App,
  organizationId: string,
  id: string,
): Promise<KeyWithUsage> {
  const [row] = await selectKeys(app).where(
    and(eq(apiKeys.id, id), eq(apiKeys.organizationId, organizationId)),
  )
  if (!row) throw notFound('key')
  return merge(row)
}

/** Changes a key's name, scopes, addresses, limits or expiry, from the next request on. */
export async function updateKey(
  app: App,
  actor: Actor,
  id: string,
  input: UpdateKey,
): Promise<KeyWithUsage> {
  const organizationId = requireOrganization(actor, 'keys:write')
  const expiresAt = input.expires_at === undefined ? undefined : toExpiry(app, input.expires_at)
  return inTransaction(app, async (tx) => {
    const key = await getKeyOf(tx, organizationId, id)
    if (key.revokedAt)
      throw new AppError('conflict', 'key_revoked', 'A revoked key cannot be changed.')
    const isRevived = isExpired(key, app.now()) && expiresAt !== undefined
    if (isRevived) await assertRoom(tx, organizationId)
    await tx.db
      .update(apiKeys)
      .set({
        name: input.name ?? key.name,
        scopes: input.scopes,
        ipAllowlist: input.ip_allowlist,
        rateLimitPerMinute: input.rate_limit_per_minute,
        monthlyLimit: input.monthly_limit,
        expiresAt,
      })
      .where(eq(apiKeys.id, id))
    await tx.signals.send({ topic: 'keys', keyIds: [id], digests: [key.digest] })
    const changed = await getKeyOf(tx, organizationId, id)
    const toJson = (row: KeyWithUsage) => toKeyJson(row, tx.now())
    await recordAudit(tx, actor, {
      action: 'keys.updated',
      target: { type: 'key', id },
      organizationId,
      changes: changesOf(toJson(key), toJson(changed), input),
    })
    return changed
  })
}

/** Ends a key for good. Once this returns, no further request with it reaches an upstream. Twice is once. */
export async function revokeKey(app: App, actor: Actor, id: string): Promise<void> {
  await revokeKeyOf(app, actor, requireOrganization(actor, 'keys:write'), id)
}

/** Ends any key, as the operator. */
export async function revokeAnyKey(app: App, actor: Actor, id: string): Promise<void> {
  requireAdmin(actor)
  await revokeKeyOf(app, actor, await findOrganizationOf(app, id), id)
}

/** The organization that a key belongs to. */
export async function findOrganizationOf(app: App, id: string): Promise<string> {
  const [row] = await app.db.select().from(apiKeys).where(eq(apiKeys.id, id))
  if (!row) throw notFound('key')
  return row.organizationId
}

async function revokeKeyOf(
  app: App,
  actor: Actor,
  organizationId: string,
  id: string,
): Promise<void> {
  await inTransaction(app, async (tx) => {
    const key = await getKeyOf(tx, organizationId, id)
    const now = app.now()
    if (key.revokedAt && key.revokedAt <= now) return
    await tx.db.update(apiKeys).set({ revokedAt: now }).where(eq(apiKeys.id, id))
    await tx.signals.send({ topic: 'keys', keyIds: [id], digests: [key.digest] })
    await tx.jobs.announce(keyRevoked, { keyId: id, organizationId })
    await recordAudit(tx, actor, {
      action: 'keys.revoked',
      target: { type: 'key', id },
      organizationId,
      changes: { name: key.name },
    })
  })
}

const selectKeys = (app: App) => {
  const { start } = getPeriod(app.now())
  const requests = app.db
    .select({ keyId: usagePeriods.keyId, forwarded: usagePeriods.forwarded })
    .from(usagePeriods)
    .where(eq(usagePeriods.periodStart, start))
    .as('requests')
  return app.db
    .select({
      key: apiKeys,
      lastUsedAt: keyActivity.lastUsedAt,
      requestsThisMonth: requests.forwarded,
    })
    .from(apiKeys)
    .leftJoin(keyActivity, eq(keyActivity.keyId, apiKeys.id))
    .leftJoin(requests, eq(requests.keyId, apiKeys.id))
}

type Row = Awaited<ReturnType<typeof selectKeys>>[number]
const merge = ({ key, lastUsedAt, requestsThisMonth }: Row): KeyWithUsage => ({
  ...key,
  lastUsedAt,
  requestsThisMonth: requestsThisMonth ?? 0,
})
