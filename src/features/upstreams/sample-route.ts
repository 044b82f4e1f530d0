import { and, asc, eq, notLike, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { routes } from './schema.ts'

/** The path of a route that can be tried at once: readable, with a key, and nothing to fill in; null when there is none. */
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
    .orderBy(asc(sql`length(${routes.path})`), asc(routes.path))
    .limit(1)
  return row?.path ?? null
}
