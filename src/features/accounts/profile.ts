import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { type Actor, requireActiveUser, requireUser } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { locales } from '../../core/http/page-context.ts'
import { recordAudit } from '../audit/audit.ts'
import { Name, Password } from './account-fields.ts'
import { assertNoOthers, listMemberships } from './organizations.ts'
import { assertPassword, setPasswordOf } from './passwords.ts'
import { users } from './schema.ts'
import { mailUser } from './user-mails.tsx'
import { getUser, removeUser, type UserWithPlan } from './users.ts'

const TimeZone = z.string().refine(isTimeZone, 'This is not a time zone such as Europe/Paris')

export const UpdateProfile = z.strictObject({
  name: Name.optional(),
  locale: z.enum(locales).nullable().optional(),
  timezone: TimeZone.nullable().optional(),
})
export type UpdateProfile = z.infer<typeof UpdateProfile>

export const ChangePassword = z.strictObject({ current_password: Password, new_password: Password })
export type ChangePassword = z.infer<typeof ChangePassword>

export const DeleteProfile = z.strictObject({ password: Password })

/** The signed-in user. */
export async function getProfile(app: App, actor: Actor): Promise<UserWithPlan> {
  return getUser(app, { type: 'system' }, requireUser(actor).userId)
}

export async function updateProfile(
  app: App,
  actor: Actor,
  input: UpdateProfile,
): Promise<UserWithPlan> {
  const { userId } = requireActiveUser(actor)
  await inTransaction(app, async (tx) => {
    await tx.db
      .update(users)
      .set({ ...input, updatedAt: app.now() })
      .where(eq(users.id, userId))
    await recordAudit(tx, actor, {
      action: 'profile.updated',
      target: { type: 'user', id: userId },
      changes: input,
    })
  })
  return getProfile(app, actor)
}

/** Changes the password and ends all other sessions. Asks for the present one. */
export async function changePassword(app: App, actor: Actor, input: ChangePassword): Promise<void> {
  const user = requireActiveUser(actor)
  await assertPassword(app, user.userId, input.current_password, 'current_password')
  await inTransaction(app, async (tx) => {
    await setPasswordOf(tx, user.userId, input.new_password, {
      keepSessionId: user.sessionId,
      field: 'new_password',
    })
    await mailUser(tx, await getProfile(tx, actor), 'passwordChanged', { path: '/forgot-password' })
    await recordAudit(tx, actor, {
      action: 'profile.password_changed',
      target: { type: 'user', id: user.userId },
    })
  })
}

/**
 * Deletes the account with all that it owns. Asks for the password.
 * @throws AppError `organization_has_members` while others belong to the own organization.
 */
export async function deleteProfile(app: App, actor: Actor, password: string): Promise<void> {
  const { userId } = requireActiveUser(actor)
  await assertPassword(app, userId, password, 'password')
  await inTransaction(app, async (tx) => {
    const own = (await listMemberships(tx, userId)).find(({ role }) => role === 'owner')
    if (own) await assertNoOthers(tx, own.organizationId)
    await removeUser(tx, actor, userId, 'profile.deleted')
  })
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
