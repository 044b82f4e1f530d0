import { and, eq, gt, isNull, lte, notExists, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { type App, inTransaction } from '../../core/app.ts'
import type { NoticeData } from '../notices/notice-types.ts'
import { tell } from '../notices/notices.ts'
import { type ApiKeyRow, apiKeys } from './schema.ts'

const warningMs = 7 * 86_400_000

/** What is told of a key. */
export function toKeyNotice(key: ApiKeyRow): NoticeData['key.created'] {
  const { id, name, prefix, lastFour, environment } = key
  return { key_id: id, name, masked: `${prefix}...${lastFour}`, environment }
}

/**
 * Warns once of each key that expires within a week. A key that was made to live no longer is no
 * news, nor is one that another has taken over from.
 */
export async function warnOfExpiry(app: App): Promise<void> {
  const now = app.now()
  const successor = alias(apiKeys, 'successor')
  await inTransaction(app, async (tx) => {
    const due = await tx.db
      .update(apiKeys)
      .set({ warnedOfExpiry: sql`${apiKeys.expiresAt}` })
      .where(
        and(
          isNull(apiKeys.revokedAt),
          gt(apiKeys.expiresAt, now),
          lte(apiKeys.expiresAt, new Date(now.getTime() + warningMs)),
          sql`${apiKeys.expiresAt} - ${apiKeys.createdAt} > interval '7 days'`,
          sql`${apiKeys.warnedOfExpiry} is distinct from ${apiKeys.expiresAt}`,
          notExists(tx.db.select().from(successor).where(eq(successor.rotatedFrom, apiKeys.id))),
        ),
      )
      .returning()
    for (const key of due) {
      const data = { ...toKeyNotice(key), expires_at: key.expiresAt!.toISOString() }
      await tell(tx, { type: 'key.expiring', organizationId: key.organizationId, data })
    }
  })
}
