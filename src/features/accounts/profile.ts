import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import {
  type Actor,
  requireActiveUser,
  requireSelf,
  requireUser,
  type UserActor,
} from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError, fieldError } from '../../core/errors.ts'
import { locales } from '../../core/http/page-context.ts'
import { changesOf } from '../audit/changes.ts'
import { Email, Name, Password, TimeZone } from './account-fields.ts'
import { assertNoOthers, findOwnOrganization } from './organizations.ts'
import { assertPassword, hasPassword, setPasswordOf } from './passwords.ts'
import { removeUser } from './remove-user.ts'
import { sessions, users } from './schema.ts'
import { recordUserAudit } from './user-audit.ts'
import { tellPasswordChanged } from './user-mails.tsx'
import { getUser, type UserWithPlan } from './users.ts'

export const UpdateProfile = z.strictObject({
  name: Name.optional(),
  locale: z.enum(locales).nullable().optional(),
  timezone: TimeZone.nullable().optional(),
})
export type UpdateProfile = z.infer<typeof UpdateProfile>

export const ChangePassword = z.strictObject({ current_password: Password, new_password: Password })
export type ChangePassword = z.infer<typeof ChangePassword>

/** The password; an account that has none gives its e-mail address instead, right after signing in. */
export const DeleteProfile = z.strictObject({
  password: Password.optional(),
  email: Email.optional(),
})
export type DeleteProfile = z.infer<typeof DeleteProfile>

/** Who is signed in, also while the account is suspended. */
export async function getSignedIn(app: App, actor: Actor): Promise<UserWithPlan> {
  return getUser(app, { type: 'system' }, requireUser(actor).userId)
}

/** The signed-in user. */
export async function getProfile(app: App, actor: Actor): Promise<UserWithPlan> {
  return getUser(app, { type: 'system' }, requireActiveUser(actor).userId)
}

export async function updateProfile(
  app: App,
  actor: Actor,
  input: UpdateProfile,
): Promise<UserWithPlan> {
  const { userId } = requireActiveUser(actor)
  return inTransaction(app, async (tx) => {
    const before = await getProfile(tx, actor)
    await tx.db
      .update(users)
      .set({ ...input, updatedAt: app.now() })
      .where(eq(users.id, userId))
    const after = await getProfile(tx, actor)
    await recordUserAudit(tx, actor, userId, 'profile.updated', changesOf(before, after, input))
    return after
  })
}

/** Changes the password and ends all other sessions. Asks for the present one. */
export async function changePassword(app: App, actor: Actor, input: ChangePassword): Promise<void> {
  const user = requireSelf(actor)
  await assertPassword(app, actor, input.current_password, 'current_password')
  await inTransaction(app, async (tx) => {
    await setPasswordOf(tx, user.userId, input.new_password, {
      keepSessionId: user.sessionId,
      field: 'new_password',
    })
    await tellPasswordChanged(tx, actor, await getProfile(tx, actor))
    await recordUserAudit(tx, actor, user.userId, 'profile.password_changed')
  })
}

/**
 * Deletes the account with all that it owns. Asks for the password or, where there is none, for
 * the address within a quarter of an hour after signing in.
 * @throws AppError `organization_has_members` while others belong to the own organization,
 * `invalid_credentials`, `sign_in_again`.
 */
export async function deleteProfile(app: App, actor: Actor, input: DeleteProfile): Promise<void> {
  const { userId } = requireSelf(actor)
  if (await hasPassword(app, userId))
    await assertPassword(app, actor, input.password ?? '', 'password')
  else await assertOwnAddress(app, actor, input.email)
  await inTransaction(app, async (tx) => {
    const own = await findOwnOrganization(tx, userId)
    if (own) await assertNoOthers(tx, own.id)
    await removeUser(tx, actor, userId, 'profile.deleted')
  })
}

async function assertOwnAddress(app: App, actor: Actor, email: string | undefined): Promise<void> {
  const user = requireActiveUser(actor)
  if (!(await hasJustSignedIn(app, user))) {
    throw new AppError('forbidden', 'sign_in_again', 'Sign in again, and do this right after.')
  }
  if (email === user.email) return
  throw fieldError('invalid', 'invalid_credentials', 'email', 'This is not your address.')
}

const freshMs = 15 * 60_000

/** True while the session is so young that it proves who sits there. */
export async function hasJustSignedIn(app: App, { sessionId }: UserActor): Promise<boolean> {
  const [session] = await app.db
    .select({ createdAt: sessions.createdAt })
    .from(sessions)
    .where(eq(sessions.id, sessionId))
  return session !== undefined && app.now().getTime() - session.createdAt.getTime() < freshMs
}
