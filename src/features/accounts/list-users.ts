import { and, asc, count, desc, eq, ilike, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { escapeLike } from '../../core/db/like.ts'
import { decodeCursor, foreignCursor, type Page, toPage } from '../../core/http/pagination.ts'
import { getPlan } from '../plans/plans.ts'
import { plans } from '../plans/schema.ts'
import { organizations, type User, users } from './schema.ts'
import type { ListUsers, UserFilter } from './user-input.ts'
import type { UserSort } from './user-sorts.ts'

/** A user with the organization that is theirs and its plan. */
export type UserWithPlan = User & { organizationId: string | null; planId: string | null }
export type ListedUser = UserWithPlan & { planSlug: string | null }

const byCreation = '-created_at'

/** Users that match, in the order asked for. `inactive_days` looks at the last sign-in or, without one, at creation. */
export async function listUsers(
  app: App,
  actor: Actor,
  query: ListUsers,
): Promise<Page<UserWithPlan>> {
  requireAdmin(actor)
  const where = await toConditions(app, query)
  const rows = await selectUsers(app, where, query.sort, query.limit + 1, toPosition(query))
  return toPage(rows, query.limit, ({ sortKey, id }) => [query.sort, sortKey, id])
}

/** Every user who matches, newest first, a thousand at a time: no query outlives its page. */
export async function* exportUsers(
  app: App,
  actor: Actor,
  filter: UserFilter,
): AsyncGenerator<ListedUser[]> {
  requireAdmin(actor)
  const where = await toConditions(app, filter)
  let position: Position | undefined
  do {
    const rows = await selectUsers(app, where, byCreation, exportPage, position)
    yield rows
    position = rows.length === exportPage ? rows.at(-1) : undefined
  } while (position)
}
const exportPage = 1000

/** The users whom a condition on `users` names. */
export async function findUsers(app: App, where: SQL, limit: number): Promise<ListedUser[]> {
  return selectUsers(app, where, byCreation, limit)
}

/** How many users match. */
export async function countMatches(app: App, actor: Actor, filter: UserFilter): Promise<number> {
  requireAdmin(actor)
  const [row] = await app.db
    .select({ total: count() })
    .from(users)
    .leftJoin(organizations, eq(organizations.ownerId, users.id))
    .where(await toConditions(app, filter))
  return row!.total
}

/** How many customers there are, and how many of them are suspended. */
export async function countUsers(
  app: App,
  actor: Actor,
): Promise<{ total: number; suspended: number }> {
  requireAdmin(actor)
  const isCustomer = eq(users.role, 'customer')
  const [total, suspended] = await Promise.all([
    app.db.$count(users, isCustomer),
    app.db.$count(users, and(isCustomer, eq(users.status, 'suspended'))),
  ])
  return { total, suspended }
}

async function toConditions(app: App, filter: UserFilter): Promise<SQL | undefined> {
  const plan = filter.plan_id ? await getPlan(app, filter.plan_id) : null
  const like = filter.q ? `%${escapeLike(filter.q)}%` : null
  const since =
    filter.inactive_days === undefined
      ? null
      : new Date(app.now().getTime() - filter.inactive_days * 86_400_000)
  return and(
    plan ? eq(organizations.planId, plan.id) : undefined,
    filter.status ? eq(users.status, filter.status) : undefined,
    filter.role ? eq(users.role, filter.role) : undefined,
    like
      ? or(ilike(users.email, like), ilike(users.name, like), eq(users.id, filter.q!))
      : undefined,
    since ? lt(sql`coalesce(${users.lastLoginAt}, ${users.createdAt})`, since) : undefined,
  )
}

/** What each order compares. None is ever null, as nothing comes after a null. */
const sortKeys: Record<UserSort, SQL> = {
  email: sql`lower(${users.email})`,
  name: sql`lower(${users.name})`,
  plan: sql`coalesce(lower(${plans.name}), '')`,
  status: sql`${users.status}`,
  created_at: sql`${users.createdAt}`,
  last_login_at: sql`coalesce(${users.lastLoginAt}, to_timestamp(0))`,
}

/** Where a page ends: its last row. */
type Position = { sortKey: string; id: string }

function toPosition({ cursor, sort }: ListUsers): Position | undefined {
  const [sorted, sortKey = '', id = ''] = decodeCursor(cursor, 3) ?? []
  if (sorted === undefined) return undefined
  const isTime = /_at$/.test(sort)
  if (sorted !== sort || (isTime && Number.isNaN(Date.parse(sortKey)))) throw foreignCursor()
  return { sortKey, id }
}

async function selectUsers(
  app: App,
  where: SQL | undefined,
  sort: ListUsers['sort'],
  limit: number,
  after?: Position,
): Promise<(ListedUser & Position)[]> {
  const isDescending = sort.startsWith('-')
  const key = sortKeys[sort.replace('-', '') as UserSort]
  const beyond = sql.raw(isDescending ? '<' : '>')
  const rows = await app.db
    .select({
      user: users,
      organizationId: organizations.id,
      planId: organizations.planId,
      planSlug: plans.slug,
      sortKey: sql<string>`(${key})::text`,
    })
    .from(users)
    .leftJoin(organizations, eq(organizations.ownerId, users.id))
    .leftJoin(plans, eq(plans.id, organizations.planId))
    .where(
      and(where, after && sql`(${key}, ${users.id}) ${beyond} (${after.sortKey}, ${after.id})`),
    )
    .orderBy(...[key, users.id].map((column) => (isDescending ? desc(column) : asc(column))))
    .limit(limit)
  return rows.map(({ user, ...rest }) => ({ ...user, ...rest }))
}
