import type { App } from '../../core/app.ts'
import { newId } from '../../core/ids.ts'
import { noticeWritten } from './events.ts'
import { type NoticeData, type NoticeType, noticeTypes } from './notice-types.ts'
import { notices } from './schema.ts'

export type Notice<Type extends NoticeType> = {
  type: Type
  organizationId?: string | null
  userId?: string
  data: NoticeData[Type]
}

/**
 * Writes to the outbox what people are to be told, in the transaction of its cause: they are told if
 * that commits, once, by the channels that they chose.
 */
export async function tell<Type extends NoticeType>(tx: App, notice: Notice<Type>): Promise<void> {
  const createdAt = tx.now()
  const id = newId('evt', createdAt.getTime())
  const { severity } = noticeTypes[notice.type]
  await tx.db.insert(notices).values({ id, severity, createdAt, ...notice })
  await tx.jobs.announce(noticeWritten, { noticeId: id })
}
