import { eq } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import type { NoticeData } from '../notices/notice-types.ts'
import { tell } from '../notices/notices.ts'
import { organizations } from './schema.ts'

type AccountNotice = Extract<keyof NoticeData, `account.${string}`>

/** Tells a person what became of their account; the servers of their own organization hear it too. */
export async function tellUser<Type extends AccountNotice>(
  tx: App,
  type: Type,
  data: NoticeData[Type],
): Promise<void> {
  const userId = data.user_id
  const [own] = await tx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.ownerId, userId))
  await tell(tx, { type, userId, organizationId: own?.id, data })
}
