import type { App } from '../core/app.ts'
import { updateUser } from '../features/accounts/users.ts'
import { dayOf } from '../features/insights/activity.ts'
import { activeDays, docsViews } from '../features/insights/schema.ts'
import type { Past } from './seed-history.ts'

const system = { type: 'system' } as const
const days = 30

/** The days on which customers came to the portal, looks at the documentation, and plans that were taken. */
export async function seedActivity(app: App, people: Past[], upgraded: string[]): Promise<void> {
  const visits = people.flatMap(({ user, seen }, i) => {
    const last = Math.ceil(seen ?? 0)
    const every = 1 + (i % 5)
    const ago = Array.from({ length: days }, (_, day) => day).filter(
      (day) => day >= last && (day - last) % every === 0,
    )
    return ago.map((daysAgo) => ({ day: dayOf(app, daysAgo), userId: user.id }))
  })
  await app.db.insert(activeDays).values(visits).onConflictDoNothing()
  const views = Array.from({ length: days }, (_, ago) => ({
    day: dayOf(app, ago),
    views: 18 + ((ago * 37) % 29),
  }))
  await app.db.insert(docsViews).values(views).onConflictDoNothing()
  for (const email of upgraded) await updateUser(app, system, email, { plan_id: 'pro' })
}
