import { eq, lt } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { notices } from './schema.ts'

const keptMs = 90 * 86_400_000

/** Forgets what was told more than ninety days ago. */
export async function pruneNotices(app: App): Promise<void> {
  await app.db.delete(notices).where(lt(notices.createdAt, new Date(app.now().getTime() - keptMs)))
}

/** Forgets what was told of an organization or a person that is gone. */
export async function forgetNotices(
  app: App,
  of: { organizationId: string } | { userId: string },
): Promise<void> {
  const isTheirs =
    'userId' in of ? eq(notices.userId, of.userId) : eq(notices.organizationId, of.organizationId)
  await app.db.delete(notices).where(isTheirs)
}
