import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { invalidInput } from '../../core/errors.ts'

/**
 * Refuses a path for the portal that covers routes: it would take the operator's API away. Routes
 * belong to a later feature, which refuses the reverse; so their table is named, and not imported.
 */
export async function assertNoRouteUnder(tx: App, path: string, field: string): Promise<void> {
  const { rows } = await tx.db.execute<{ path: string }>(
    sql`select path from routes where path = ${path} or starts_with(path, ${`${path}/`}) limit 1`,
  )
  const [route] = rows
  if (!route) return
  throw invalidInput(
    field,
    'Routes lie under {{path}}, such as {{route}}. Choose another path, or move them first.',
    { path, route: route.path },
  )
}
