import { and, desc, eq, or, sql } from 'drizzle-orm'
import { type Actor, requireActiveUser, requireOrganization } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError, notFound } from '../../core/errors.ts'
import {
  decodeTimeCursor,
  isAfter,
  type Page,
  type PageQuery,
  toPage,
} from '../../core/http/pagination.ts'
import { lockOrganization } from '../accounts/organizations.ts'
import { members, sessions, users } from '../accounts/schema.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { getUser } from '../accounts/users.ts'
import { recordAudit } from '../audit/audit.ts'
import { handOver, isMembership } from './ownership.ts'
import type { ChangeMember } from './team-input.ts'
import type { MemberJson } from './team-json.ts'

/** Who belongs to the organization, newest first. */
export async function listMembers(
  app: App,
  actor: Actor,
  query: PageQuery,
): Promise<Page<MemberJson>> {
  return listMembersOf(app, requireOrganization(actor, 'members:read'), query)
}

/** Who belongs to the organization that a user owns, for the operator. */
export async function listMembersOfUser(
  app: App,
  actor: Actor,
  idOrEmail: string,
  query: PageQuery,
): Promise<Page<MemberJson>> {
  const { organizationId } = await getUser(app, actor, idOrEmail)
  if (!organizationId) return { data: [], next_cursor: null }
  return listMembersOf(app, organizationId, query)
}

async function listMembersOf(
  app: App,
  organizationId: string,
  query: PageQuery,
): Promise<Page<MemberJson>> {
  const rows = await selectMembers(app)
    .where(
      and(
        eq(members.organizationId, organizationId),
        isAfter(decodeTimeCursor(query.cursor), members.createdAt, members.id),
      ),
    )
    .orderBy(desc(members.createdAt), desc(members.id))
    .limit(query.limit + 1)
  const page = toPage(rows, query.limit, ({ member }) => [member.createdAt.getTime(), member.id])
  return { ...page, data: page.data.map(toMemberJson) }
}

/** One member of the organization, by id or e-mail. Somebody else is not found. */
export async function getMember(app: App, actor: Actor, idOrEmail: string): Promise<MemberJson> {
  const row = await findMember(app, requireOrganization(actor, 'members:read'), idOrEmail)
  if (!row) throw notFound('member')
  return toMemberJson(row)
}

/**
 * Gives a member another role, from the next request on. The role of the owner is handed over,
 * with the owner's password.
 * @throws AppError `owner_required` for the owner's own role, and what `handOver` throws.
 */
export async function changeMember(
  app: App,
  actor: Actor,
  idOrEmail: string,
  { role, password }: ChangeMember,
): Promise<MemberJson> {
  const organizationId = requireOrganization(actor, 'members:write')
  const member = await getMember(app, actor, idOrEmail)
  if (member.role === role) return member
  if (role === 'owner') await handOver(app, actor, member, password)
  else
    await inTransaction(app, async (tx) => {
      const { ownerId } = await lockOrganization(tx, organizationId)
      // Read again: while this waited, they may have left or got another role.
      const row = await findMember(tx, organizationId, member.user_id)
      if (!row) throw notFound('member')
      if (ownerId === member.user_id) throw ownerRequired()
      await tx.db.update(members).set({ role }).where(isMembership(organizationId, member.user_id))
      await recordAudit(tx, actor, {
        action: 'members.role_changed',
        target: { type: 'user', id: member.user_id },
        organizationId,
        changes: { role: { from: row.member.role, to: role } },
      })
    })
  return getMember(app, actor, member.user_id)
}

/**
 * Takes a member out of the organization, with the next request; oneself, to leave. The keys that
 * they made stay: they are the organization's.
 * @throws AppError `owner_required` for the owner.
 */
export async function removeMember(app: App, actor: Actor, idOrEmail: string): Promise<void> {
  const user = requireActiveUser(actor)
  const isSelf = idOrEmail === user.userId || idOrEmail.toLowerCase() === user.email
  // No rule of the organization may keep anybody in it.
  const organizationId =
    (isSelf && user.organizationId) || requireOrganization(actor, 'members:write')
  await inTransaction(app, async (tx) => {
    const organization = await lockOrganization(tx, organizationId)
    const row = await findMember(tx, organizationId, idOrEmail)
    if (!row) throw notFound('member')
    const { user: person } = row
    if (person.id === organization.ownerId) throw ownerRequired()
    await tx.db.delete(members).where(isMembership(organizationId, person.id))
    const params = { organization: organization.name }
    if (!isSelf) await mailUser(tx, person, 'removed', { params })
    await recordAudit(tx, actor, {
      action: isSelf ? 'members.left' : 'members.removed',
      target: { type: 'user', id: person.id },
      organizationId,
    })
  })
}

/** The row of a member, by id or e-mail. */
export async function findMember(app: App, organizationId: string, idOrEmail: string) {
  const [row] = await selectMembers(app).where(
    and(
      eq(members.organizationId, organizationId),
      or(eq(users.id, idOrEmail), eq(sql`lower(${users.email})`, idOrEmail.toLowerCase())),
    ),
  )
  return row
}

function ownerRequired(): AppError {
  const message = 'An organization needs its owner. Make somebody else the owner first.'
  return new AppError('conflict', 'owner_required', message)
}

const selectMembers = (app: App) =>
  app.db
    .select({
      member: members,
      user: users,
      usedAt: sql<string | null>`(
        select max(${sessions.updatedAt}) from ${sessions} where ${sessions.userId} = ${users.id})`,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))

function toMemberJson({
  member,
  user,
  usedAt,
}: Awaited<ReturnType<typeof selectMembers>>[number]): MemberJson {
  const seen = [user.lastLoginAt, usedAt && new Date(usedAt)].filter((time) => time instanceof Date)
  const last = seen.length > 0 ? new Date(Math.max(...seen.map((time) => time.getTime()))) : null
  return {
    user_id: user.id,
    name: user.name,
    email: user.email,
    role: member.role,
    status: user.status,
    joined_at: member.createdAt.toISOString(),
    last_seen_at: last?.toISOString() ?? null,
  }
}
