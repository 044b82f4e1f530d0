import { z } from '@hono/zod-openapi'
import { and, eq, gt } from 'drizzle-orm'
import { type Actor, requireActiveUser, requireSelf } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { invalidInput } from '../../core/errors.ts'
import { Email, Password } from './account-fields.ts'
import { countMailRequest } from './door-limits.ts'
import { assertLastingAddress } from './email-rules.ts'
import { signalOwner } from './organizations.ts'
import { assertPassword } from './passwords.ts'
import { emailChangeMs, endProofs, findProof, issueProof, tokenInvalid } from './proofs.ts'
import { type EmailChange, emailChanges, organizations, type User, users } from './schema.ts'
import { recordUserAudit } from './user-audit.ts'
import { mailUser } from './user-mails.tsx'
import { emailTaken, findUser, lockUser } from './user-rows.ts'

export const ChangeEmail = z.strictObject({ email: Email, password: Password })
export type ChangeEmail = z.infer<typeof ChangeEmail>

export const AnswerEmailChange = z.strictObject({
  token: z.string().max(200),
  answer: z.enum(['agree', 'stop']),
})
export type AnswerEmailChange = z.infer<typeof AnswerEmailChange>

/** Which of the two addresses a link was mailed to. */
type Side = 'new' | 'old'

/**
 * Asks both addresses whether the account may move to the new one. An account that waits for its
 * first confirmation has no address that was ever proven: there the new one alone is asked. For an
 * address that is taken the answer is the same, and its owner gets a notice.
 * @throws AppError `invalid_credentials`, `too_many_attempts`, `too_many_requests`, `validation_error`.
 */
export async function requestEmailChange(
  app: App,
  actor: Actor,
  { email, password }: ChangeEmail,
): Promise<EmailChange> {
  const { userId, email: present, ip } = requireActiveUser(actor)
  if (email === present) throw invalidInput('email', 'This is your address already')
  await assertLastingAddress(app, email)
  await assertPassword(app, actor, password, 'password')
  await countMailRequest(app, email, ip)
  return inTransaction(app, async (tx) => {
    const user = await lockUser(tx, userId)
    const isFirst = user.status === 'pending'
    const change = await writeChange(tx, userId, email, isFirst)
    await askNew(tx, { ...user, email }, isFirst)
    if (!isFirst) await askOld(tx, actor, user, email)
    await recordUserAudit(tx, actor, userId, 'profile.email_change_requested', { email })
    return change
  })
}

async function writeChange(tx: App, userId: string, newEmail: string, isFirst: boolean) {
  const now = tx.now()
  const expiresAt = new Date(now.getTime() + emailChangeMs)
  const row = {
    ...{ newEmail, newAgreedAt: null, oldAgreedAt: isFirst ? now : null },
    ...{ expiresAt, createdAt: now },
  }
  await endProofs(tx, 'email-change-new', userId)
  const [change] = await tx.db
    .insert(emailChanges)
    .values({ userId, ...row })
    .onConflictDoUpdate({ target: emailChanges.userId, set: row })
    .returning()
  return change!
}

async function askNew(tx: App, addressee: User, isFirst: boolean): Promise<void> {
  const owner = await findUser(tx, addressee.email)
  if (owner) return mailUser(tx, owner, 'emailInUse', { path: '/login' })
  const path = linkTo(await issueProof(tx, 'email-change-new', addressee.id))
  await mailUser(tx, addressee, isFirst ? 'verify' : 'emailChangeNew', { path })
}

async function askOld(tx: App, actor: Actor, user: User, newEmail: string): Promise<void> {
  const path = linkTo(await issueProof(tx, 'email-change-old', user.id))
  const ip = 'ip' in actor ? actor.ip : null
  const details = { newEmail, ip, time: tx.now() }
  await mailUser(tx, user, 'emailChangeOld', { path, details })
}

const linkTo = (token: string) => `/email-change?token=${encodeURIComponent(token)}`

/** The change that the signed-in user waits for. */
export async function findEmailChange(app: App, actor: Actor): Promise<EmailChange | undefined> {
  return findChange(app, requireActiveUser(actor).userId)
}

async function findChange(app: App, userId: string): Promise<EmailChange | undefined> {
  const [change] = await app.db
    .select()
    .from(emailChanges)
    .where(and(eq(emailChanges.userId, userId), gt(emailChanges.expiresAt, app.now())))
  return change
}

/** Gives up the change that the signed-in user waits for, if there is one. */
export async function cancelEmailChange(app: App, actor: Actor): Promise<void> {
  const { userId } = requireSelf(actor)
  await inTransaction(app, (tx) => stopChange(tx, actor, userId))
}

async function stopChange(tx: App, actor: Actor, userId: string): Promise<void> {
  const stopped = await tx.db
    .delete(emailChanges)
    .where(eq(emailChanges.userId, userId))
    .returning({ email: emailChanges.newEmail })
  if (stopped.length === 0) return
  await endLinks(tx, userId)
  await recordUserAudit(tx, actor, userId, 'profile.email_change_stopped', stopped[0])
}

async function endLinks(tx: App, userId: string): Promise<void> {
  await endProofs(tx, 'email-change-new', userId)
  await endProofs(tx, 'email-change-old', userId)
}

/** What a mailed link asks its reader; null for one that no longer works. */
export async function readEmailChange(
  app: App,
  token: string,
): Promise<{ side: Side; userId: string; newEmail: string } | null> {
  for (const side of ['new', 'old'] as const) {
    const userId = await findProof(app, `email-change-${side}`, token)
    const change = userId ? await findChange(app, userId) : undefined
    if (change) return { side, userId: change.userId, newEmail: change.newEmail }
  }
  return null
}

/**
 * Takes an address's answer, by the token of the mail that it got. The account moves when both have
 * agreed; the present address may stop it.
 * @throws AppError `token_invalid`, `email_taken` when somebody else took the address meanwhile.
 */
export async function answerEmailChange(
  app: App,
  actor: Actor,
  { token, answer }: AnswerEmailChange,
): Promise<'moved' | 'waiting' | 'stopped'> {
  return inTransaction(app, async (tx) => {
    const found = await readEmailChange(tx, token)
    if (!found) throw tokenInvalid()
    const user = await lockUser(tx, found.userId)
    // Read again, for while this waited the other address may have answered, or the wish have changed.
    const asked = await readEmailChange(tx, token)
    if (!asked || user.status === 'suspended') throw tokenInvalid()
    if (answer === 'stop') {
      if (asked.side === 'new') throw tokenInvalid()
      await stopChange(tx, actor, user.id)
      return 'stopped'
    }
    const agreed = asked.side === 'new' ? { newAgreedAt: tx.now() } : { oldAgreedAt: tx.now() }
    const [change] = await tx.db
      .update(emailChanges)
      .set(agreed)
      .where(eq(emailChanges.userId, user.id))
      .returning()
    await endProofs(tx, `email-change-${asked.side}`, user.id)
    if (!change?.newAgreedAt || !change.oldAgreedAt) return 'waiting'
    await moveUser(tx, actor, user, change.newEmail)
    return 'moved'
  })
}

async function moveUser(tx: App, actor: Actor, user: User, email: string): Promise<void> {
  const now = tx.now()
  const status = user.status === 'pending' ? 'active' : user.status
  await tx.db
    .update(users)
    .set({ email, status, emailVerified: true, emailVerifiedAt: now, updatedAt: now })
    .where(eq(users.id, user.id))
    .catch((error: unknown) => {
      throw isUniqueViolation(error, 'users_email') ? emailTaken() : error
    })
  // A registration without a name calls the organization by the address.
  await tx.db
    .update(organizations)
    .set({ name: email })
    .where(and(eq(organizations.ownerId, user.id), eq(organizations.name, user.email)))
  await tx.db.delete(emailChanges).where(eq(emailChanges.userId, user.id))
  // A link that the old mailbox still holds must open nothing any more.
  await endLinks(tx, user.id)
  await endProofs(tx, 'verify-email', user.id)
  await endProofs(tx, 'reset-password', user.id)
  const details = { oldEmail: user.email, newEmail: email, time: now }
  for (const to of user.status === 'pending' ? [email] : [user.email, email])
    await mailUser(tx, { ...user, email: to }, 'emailChanged', { path: '/', details })
  const changes = { email: { from: user.email, to: email } }
  await recordUserAudit(tx, actor, user.id, 'profile.email_changed', changes)
  await signalOwner(tx, user.id)
}
