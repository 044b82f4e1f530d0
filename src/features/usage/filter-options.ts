import { asc, desc, eq } from 'drizzle-orm'
import { type Actor, requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { apiKeys } from '../keys/schema.ts'
import { routes } from '../upstreams/schema.ts'

export type FilterOption = { value: string; label: string }

const mostOptions = 200

/** What usage and logs can be filtered by: the organization's newest keys, and the endpoints. */
export async function listFilterOptions(
  app: App,
  actor: Actor,
): Promise<{ keys: FilterOption[]; routes: FilterOption[] }> {
  const organizationId = requireOrganization(actor, 'usage:read')
  const keys = await app.db
    .select({ id: apiKeys.id, name: apiKeys.name, prefix: apiKeys.prefix })
    .from(apiKeys)
    .where(eq(apiKeys.organizationId, organizationId))
    .orderBy(desc(apiKeys.createdAt))
    .limit(mostOptions)
  const found = await app.db
    .select({ id: routes.id, path: routes.path, methods: routes.methods })
    .from(routes)
    .orderBy(asc(routes.path))
    .limit(mostOptions)
  return {
    keys: keys.map(({ id, name, prefix }) => ({ value: id, label: `${name} (${prefix}…)` })),
    routes: found.map(({ id, path, methods }) => ({
      value: id,
      label: [methods.join(', '), path].join(' ').trim(),
    })),
  }
}
