import { inArray, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { insertRows } from '../../core/db/insert-rows.ts'
import { AppError } from '../../core/errors.ts'
import { recordAudits } from '../audit/audit.ts'
import type { Plan } from '../plans/plans.ts'
import type { ImportChange, ImportLine } from './import-report.ts'
import { findUsers, type ListedUser } from './list-users.ts'
import { insertOrganizations, noOrganization } from './organizations.ts'
import { users } from './schema.ts'
import { tellPlanChanged } from './tell-plan-changed.ts'
import { toUserRow } from './user-rows.ts'

/** A line that can be imported, and its entry in the report. */
export type Candidate = {
  email: string
  /** Empty: stays as it is. */
  name: string
  /** Null: stays as it is; for somebody new, the default plan. */
  plan: Plan | null
  entry: ImportLine
}

type Created = Candidate & { planId: string | null }
type Changed = { user: ListedUser; name?: string; planId?: string }
type Compared = { created: Created[]; changed: Changed[] }

/** What the lines would change, told in their entries. */
export async function compareBatch(
  app: App,
  candidates: Candidate[],
  defaultPlan: Plan | null,
): Promise<Compared> {
  const emails = candidates.map(({ email }) => email)
  const isNamed = inArray(sql`lower(${users.email})`, emails)
  const found = await findUsers(app, isNamed, emails.length)
  const known = new Map(found.map((user) => [user.email.toLowerCase(), user]))
  const compared: Compared = { created: [], changed: [] }
  for (const candidate of candidates) {
    const user = known.get(candidate.email)
    if (user) compareKnown(compared, candidate, user)
    else compareNew(compared, candidate, candidate.plan ?? defaultPlan)
  }
  return compared
}

function compareNew({ created }: Compared, candidate: Candidate, plan: Plan | null): void {
  const { name, entry } = candidate
  const changes: ImportChange[] = []
  if (name !== '') changes.push({ field: 'name', from: null, to: name })
  if (plan) changes.push({ field: 'plan', from: null, to: plan.slug })
  Object.assign(entry, { result: 'created', changes })
  created.push({ ...candidate, planId: plan?.id ?? null })
}

function compareKnown({ changed }: Compared, candidate: Candidate, user: ListedUser): void {
  const { name, plan, entry } = candidate
  const isRenamed = name !== '' && name !== user.name
  const isMoved = plan !== null && plan.id !== user.planId
  if (isMoved && user.organizationId === null) {
    entry.problem = noOrganization().details.errors?.[0]
    return
  }
  const changes: ImportChange[] = []
  if (isRenamed) changes.push({ field: 'name', from: user.name || null, to: name })
  if (isMoved) changes.push({ field: 'plan', from: user.planSlug, to: plan.slug })
  Object.assign(entry, { result: 'updated', changes })
  if (changes.length === 0) return
  changed.push({ user, ...(isRenamed && { name }), ...(isMoved && { planId: plan.id }) })
}

/** Writes what was compared, in the transaction in which it was. */
export async function writeBatch(tx: App, actor: Actor, compared: Compared): Promise<void> {
  if (compared.created.length > 0) await writeCreated(tx, actor, compared.created)
  if (compared.changed.length > 0) await writeChanged(tx, actor, compared.changed)
}

async function writeCreated(tx: App, actor: Actor, created: Created[]): Promise<void> {
  const rows = created.map(({ email, name }) =>
    toUserRow(tx, {
      ...{ email, name, role: 'customer', status: 'active' },
      ...{ isVerified: true, passwordHash: null },
    }),
  )
  const inserted = await insertRows(
    tx.db,
    users,
    rows,
    sql`on conflict do nothing returning id, email`,
  )
  const ids = new Map(inserted.map(({ id, email }) => [String(email), String(id)]))
  for (const { email, entry } of created) {
    if (!ids.has(email))
      Object.assign(entry, { result: 'failed', changes: [], problem: takenNow() })
  }
  const made = created.flatMap((candidate) => {
    const ownerId = ids.get(candidate.email)
    return ownerId === undefined ? [] : { ...candidate, ownerId }
  })
  if (made.length === 0) return
  const organizationIds = await insertOrganizations(
    tx,
    made.map(({ ownerId, name, email, planId }) => ({ ownerId, name: name || email, planId })),
  )
  await recordAudits(
    tx,
    actor,
    made.map(({ ownerId, email, name, planId }, at) => ({
      action: 'users.created',
      target: { type: 'user', id: ownerId },
      organizationId: organizationIds[at],
      changes: { email, name, plan_id: planId, imported: true },
    })),
  )
}

const takenNow = () =>
  new AppError(
    'conflict',
    'email_taken',
    'Somebody has just made this account. Import the line again.',
  ).sentence

async function writeChanged(tx: App, actor: Actor, changed: Changed[]): Promise<void> {
  const renamed = changed.filter(({ name }) => name !== undefined)
  const names = asRows(renamed.map(({ user, name }) => [user.id, name!]))
  await tx.db.execute(sql`
    update users set name = given.value, updated_at = ${tx.now()} from ${names} as given (id, value)
    where users.id = given.id`)
  const moved = changed.filter(({ planId }) => planId !== undefined)
  const planIds = asRows(moved.map(({ user, planId }) => [user.organizationId!, planId!]))
  await tx.db.execute(sql`
    update organizations set plan_id = given.value from ${planIds} as given (id, value)
    where organizations.id = given.id`)
  await recordAudits(
    tx,
    actor,
    changed.map(({ user, name, planId }) => ({
      action: 'users.updated',
      target: { type: 'user', id: user.id },
      organizationId: user.organizationId,
      changes: { name, plan_id: planId, imported: true },
    })),
  )
  for (const { user, planId } of moved) {
    const { organizationId, planId: from } = user
    await tellPlanChanged(tx, { organizationId: organizationId!, from, to: planId! })
  }
  const ids = moved.map(({ user }) => user.organizationId!)
  if (ids.length > 0) await tx.signals.send({ topic: 'organizations', ids })
}

/** Ids and values as rows of two columns. */
function asRows(pairs: [id: string, value: string][]) {
  const [ids, values] = [pairs.map(([id]) => id), pairs.map(([, value]) => value)]
  return sql`unnest(${sql.param(ids)}::text[], ${sql.param(values)}::text[])`
}
