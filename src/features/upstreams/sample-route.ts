import { and, asc, eq, notLike, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { routes } from './schema.ts'

/**
 * The path of the route to try first: readable, with a key, nothing to fill in, and of those the one
 * that the operator made first; null when there is none.
 */
export async function findSampleRoute(app: App): Promise<string | null> {
  const [row] = await app.db
    .select({ path: routes.path })
    .from(routes)
    .where(
      and(
        routes.enabled,
        eq(routes.authRequired, true),
        notLike(routes.path, '%/:%'),
        notLike(routes.path, '%*'),
        sql`(${routes.methods} = '[]' or ${routes.methods} ? 'GET')`,
      ),
    )
    .orderBy(asc(routes.createdAt), asc(routes.id))
    .limit(1)
  return row?.path ?? null
}
