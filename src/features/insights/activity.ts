import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { docsViews } from './schema.ts'

const dayMs = 86_400_000
/** Days are forgotten after this many, like rollups. */
export const keptDays = 400

export const dayOf = (app: App, daysAgo = 0) =>
  new Date(app.now().getTime() - daysAgo * dayMs).toISOString().slice(0, 10)

/** Notes that a customer was here today, and not an operator in their place; once a day for each server. */
export async function noteActivity(app: App, actor: Actor): Promise<void> {
  if (actor.type !== 'user' || actor.role !== 'customer' || actor.operator) return
  const today = dayOf(app)
  const seen = app.once(createSeen)
  if (seen.day !== today) Object.assign(seen, { day: today, users: new Set() })
  if (seen.users.has(actor.userId)) return
  // Nothing is noted of who has just deleted the account.
  await app.db.execute(sql`
    insert into active_days (day, user_id) select ${today}, id from users where id = ${actor.userId}
    on conflict do nothing`)
  seen.users.add(actor.userId)
}

function createSeen(): { day: string; users: Set<string> } {
  return { day: '', users: new Set() }
}

/** Counts one look at the documentation. */
export async function countDocsView(app: App): Promise<void> {
  await app.db
    .insert(docsViews)
    .values({ day: dayOf(app), views: 1 })
    .onConflictDoUpdate({ target: docsViews.day, set: { views: sql`${docsViews.views} + 1` } })
}
