import { z } from '@hono/zod-openapi'
import { and, eq, inArray } from 'drizzle-orm'
import {
  type Actor,
  can,
  type MemberRole,
  requireOrganization,
  requireUser,
} from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { changesOf } from '../audit/changes.ts'
import { type NoticeType, noticeTypeNames, permissionOf } from '../notices/notice-types.ts'
import { notices } from '../notices/schema.ts'
import { type MailMode, mailModeNames } from './mail-mode.ts'
import { digestEntries, mailModes } from './schema.ts'

/** What a person can choose for: the rest is mailed always. */
export const choosable = noticeTypeNames.filter(permissionOf)

export const MailModes = z
  .partialRecord(z.enum(choosable), z.enum(mailModeNames))
  .openapi('MailModes')
export type MailModes = z.infer<typeof MailModes>

/** Without a choice the owner is mailed at once, and the others read it in the portal. */
export function modeOf(role: MemberRole, chosen?: MailMode): MailMode {
  return chosen ?? (role === 'owner' ? 'instant' : 'off')
}

/** How the reader is mailed of each kind of notice that their role lets them see. */
export async function getMailModes(app: App, actor: Actor): Promise<MailModes> {
  requireOrganization(actor, 'organization:read')
  const { userId, memberRole } = requireUser(actor)
  const rows = await app.db.select().from(mailModes).where(eq(mailModes.userId, userId))
  const chosen = new Map(rows.map(({ type, mode }) => [type, mode]))
  const seen = choosable.filter((type) => can(actor, permissionOf(type)!))
  return Object.fromEntries(seen.map((type) => [type, modeOf(memberRole!, chosen.get(type))]))
}

/** Changes how the reader is mailed, for the kinds that are given. */
export async function updateMailModes(
  app: App,
  actor: Actor,
  input: MailModes,
): Promise<MailModes> {
  const { userId } = requireUser(actor)
  return inTransaction(app, async (tx) => {
    const before = await getMailModes(tx, actor)
    await writeMailModes(tx, userId, input)
    const after = await getMailModes(tx, actor)
    await recordUserAudit(
      tx,
      actor,
      userId,
      'profile.mail_modes_changed',
      changesOf(before, after, input),
    )
    return after
  })
}

/** Stores how a person is mailed. What waits for the daily mail and is not wanted any more goes from there. */
export async function writeMailModes(tx: App, userId: string, modes: MailModes): Promise<void> {
  const chosen = Object.entries(modes) as [NoticeType, MailMode][]
  for (const [type, mode] of chosen) {
    await tx.db
      .insert(mailModes)
      .values({ userId, type, mode })
      .onConflictDoUpdate({ target: [mailModes.userId, mailModes.type], set: { mode } })
  }
  const off = chosen.filter(([, mode]) => mode === 'off').map(([type]) => type)
  const unwanted = tx.db.select({ id: notices.id }).from(notices).where(inArray(notices.type, off))
  await tx.db
    .delete(digestEntries)
    .where(and(eq(digestEntries.userId, userId), inArray(digestEntries.noticeId, unwanted)))
}
