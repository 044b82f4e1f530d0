import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { Email, Name, Password } from '../accounts/account-fields.ts'
import { beginSetup } from '../accounts/door-limits.ts'
import { hashPassword } from '../accounts/password-hash.ts'
import { checkPassword } from '../accounts/password-rules.ts'
import { findProof, issueProof, spendProof, tokenInvalid } from '../accounts/proofs.ts'
import { type User, users } from '../accounts/schema.ts'
import { insertAccount } from '../accounts/user-rows.ts'
import { recordAudit } from '../audit/audit.ts'
import { findDefaultPlan } from '../plans/plans.ts'

export const FirstAdmin = z.strictObject({
  token: z.string().max(200),
  email: Email,
  name: Name.optional(),
  password: Password,
})
export type FirstAdmin = z.infer<typeof FirstAdmin>

/** What the link speaks for, in place of a user: this server. */
const subject = 'server'

/** True when somebody has the role of an administrator. */
export async function hasAdmin(app: App): Promise<boolean> {
  const [admin] = await app.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.role, 'admin'))
    .limit(1)
  return admin !== undefined
}

/**
 * The address at which the first administrator is made: good once, for 24 hours, until the next one is
 * issued. Null when there is an administrator.
 */
export async function issueSetupLink(app: App): Promise<string | null> {
  if (await hasAdmin(app)) return null
  const token = await inTransaction(app, (tx) => issueProof(tx, 'first-admin', subject))
  return `${app.config.publicUrl}/admin/setup?token=${token}`
}

/**
 * True while the first administrator can be made by this token.
 * @throws AppError `too_many_attempts`.
 */
export async function isSetupOpen(app: App, token: string, ip: string | null): Promise<boolean> {
  const attempt = await beginSetup(app, ip)
  const isOpen = !(await hasAdmin(app)) && (await findProof(app, 'first-admin', token)) !== null
  if (isOpen) await attempt.succeed()
  return isOpen
}

/**
 * Makes the first administrator by the token of the link, which is spent.
 * @throws AppError `token_invalid`, also when there is an administrator by now; `too_many_attempts`.
 */
export async function createFirstAdmin(
  app: App,
  actor: Actor & { type: 'anonymous' },
  input: FirstAdmin,
): Promise<User> {
  if (!(await isSetupOpen(app, input.token, actor.ip))) throw tokenInvalid()
  await checkPassword(app, input.password, input.email)
  const passwordHash = await hashPassword(input.password)
  const plan = await findDefaultPlan(app)
  return inTransaction(app, async (tx) => {
    const isOurs = (await spendProof(tx, 'first-admin', input.token)) !== null
    if (!isOurs || (await hasAdmin(tx))) throw tokenInvalid()
    const { user, organizationId } = await insertAccount(tx, {
      ...{ email: input.email, name: input.name ?? '', role: 'admin', status: 'active' },
      ...{ isVerified: true, planId: plan?.id ?? null, passwordHash },
    })
    const target = { type: 'user', id: user.id }
    await recordAudit(tx, actor, { action: 'users.first_admin_created', target, organizationId })
    return user
  })
}
