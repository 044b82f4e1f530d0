import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { countOthers, listMemberships, type Membership } from '../accounts/organizations.ts'
import { type AdminUserJson, toAdminUserJson } from '../accounts/user-json.ts'
import { listNotes, type NoteJson } from '../accounts/user-notes.ts'
import { getUser, type UserWithPlan } from '../accounts/users.ts'
import { ListAudit } from '../audit/audit-input.ts'
import type { AuditJson } from '../audit/audit-json.ts'
import { listAudit } from '../audit/list-audit.ts'
import { type KeyJson, toKeyJson } from '../keys/key-json.ts'
import { ListKeys, listKeysOfUser } from '../keys/keys.ts'
import { getPlan } from '../plans/plans.ts'
import { listSessionsOfUser, type SessionRow } from '../sessions/sessions.ts'
import { listMembersOfUser } from '../teams/members.ts'
import type { MemberJson } from '../teams/team-json.ts'
import { countLastHour, countLastHourByKey } from '../usage/last-hour.ts'
import { getUsageOfUser, lastDays } from '../usage/usage.ts'
import type { UsageJson } from '../usage/usage-json.ts'
import { getUserStats } from '../usage/user-stats.ts'

/** Who a user is, and what depends on them: what an operator must know before a suspension or deletion. */
export type CustomerHead = {
  user: AdminUserJson
  planName: string | null
  liveKeys: number
  requestsLastHour: number
  /** Others in the organization that is theirs. */
  others: number
  /** It is the operator who asks. */
  isSelf: boolean
}

const someRows = { limit: 20 }

export async function getCustomerHead(
  app: App,
  actor: Actor,
  idOrEmail: string,
): Promise<CustomerHead> {
  const user = await getUser(app, actor, idOrEmail)
  const { organizationId } = user
  const [plan, stats, requests, others] = await Promise.all([
    user.planId ? getPlan(app, user.planId) : null,
    getUserStats(app, actor, user.id),
    organizationId ? countLastHour(app, organizationId) : 0,
    organizationId ? countOthers(app, organizationId, user.id) : 0,
  ])
  return {
    user: toAdminUserJson(user),
    planName: plan?.name ?? null,
    liveKeys: stats.api_keys,
    requestsLastHour: requests,
    others,
    isSelf: actor.type === 'user' && actor.userId === user.id,
  }
}

export type KeyWithHour = KeyJson & { requests_last_hour: number }

export type CustomerOverview = {
  user: AdminUserJson
  usage: UsageJson | null
  lastActiveAt: string | null
  keys: KeyWithHour[]
  memberships: Membership[]
  members: MemberJson[]
  notes: NoteJson[]
  sessions: SessionRow[]
  log: AuditJson[]
}

/** All that an operator wants to see of a user at once; days are those of the reader's time zone. */
export async function getCustomerOverview(
  app: App,
  actor: Actor,
  idOrEmail: string,
  zone: string,
): Promise<CustomerOverview> {
  const user = await getUser(app, actor, idOrEmail)
  const { id } = user
  const month = { interval: 'day' as const, ...lastDays(app, 30, zone) }
  const listed = ListKeys.parse({ status: 'all', ...someRows })
  const [usage, inHour, stats, keys, memberships, members, notes, sessions, log] =
    await Promise.all([
      getUsageOfUser(app, actor, id, month, zone),
      user.organizationId ? countLastHourByKey(app, user.organizationId) : undefined,
      getUserStats(app, actor, id),
      listKeysOfUser(app, actor, id, listed),
      listMemberships(app, id),
      listMembersOfUser(app, actor, id, someRows),
      listNotes(app, actor, id, someRows),
      listSessionsOfUser(app, actor, id),
      listLog(app, actor, user),
    ])
  return {
    user: toAdminUserJson(user),
    usage,
    lastActiveAt: stats.last_active_at,
    keys: keys.data.map((key) => ({
      ...toKeyJson(key, app.now()),
      requests_last_hour: inHour?.get(key.id) ?? 0,
    })),
    memberships,
    members: members.data,
    notes: notes.data,
    sessions,
    log,
  }
}

const shownEntries = 10

/** What was done to the user, and in the organization that is theirs, newest first. */
async function listLog(app: App, actor: Actor, user: UserWithPlan): Promise<AuditJson[]> {
  const about = [
    { target: user.id },
    ...(user.organizationId === null ? [] : [{ organization: user.organizationId }]),
  ]
  const pages = await Promise.all(
    about.map((filter) =>
      listAudit(app, actor, ListAudit.parse({ ...filter, limit: shownEntries })),
    ),
  )
  const entries = new Map(pages.flatMap(({ data }) => data).map((entry) => [entry.id, entry]))
  return [...entries.values()]
    .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : a.id < b.id ? 1 : -1))
    .slice(0, shownEntries)
}
