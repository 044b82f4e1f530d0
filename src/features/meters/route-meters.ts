import { and, asc, inArray, isNull, ne, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { AppError, invalidInput } from '../../core/errors.ts'
import { builtInMeters } from './meter-input.ts'
import { type MeterRow, meters } from './schema.ts'

export type FeedingRoute = { id: string; name: string; path: string }

/** The meters that a route may name. */
export function listRouteMeters(app: App, actor: Actor): Promise<MeterRow[]> {
  requireAdmin(actor)
  return app.db
    .select()
    .from(meters)
    .where(and(ne(meters.source, 'events'), isNull(meters.archivedAt)))
    .orderBy(asc(meters.name), asc(meters.key))
}

/**
 * Refuses keys that a route cannot feed, at the field `meters`. The meters are held until the
 * transaction ends, so that none of them is archived or deleted meanwhile.
 */
export async function assertFedByRoutes(tx: App, keys: string[]): Promise<void> {
  if (keys.length === 0) return
  const rows = await tx.db.select().from(meters).where(inArray(meters.key, keys)).for('share')
  const byKey = new Map(rows.map((meter) => [meter.key, meter]))
  for (const key of keys) {
    const refusal = refusalOf(key, byKey.get(key))
    if (refusal) throw refusal
  }
}

function refusalOf(key: string, meter: MeterRow | undefined): AppError | undefined {
  const params = { meter: key }
  if (builtInMeters.some((builtIn) => builtIn.key === key)) {
    return invalidInput(
      'meters',
      'The meter {{meter}} counts all requests by itself. Leave it out.',
      params,
    )
  }
  if (!meter) return invalidInput('meters', 'There is no meter {{meter}}.', params)
  if (meter.source === 'events')
    return invalidInput('meters', 'The meter {{meter}} is fed by events, not by routes.', params)
  if (meter.archivedAt) return invalidInput('meters', 'The meter {{meter}} is archived.', params)
}

/**
 * The routes whose requests feed a meter, by name. Routes belong to a later feature, so their table
 * is named, and not imported.
 */
export async function listFeedingRoutes(
  app: App,
  actor: Actor,
  key: string,
): Promise<FeedingRoute[]> {
  requireAdmin(actor)
  const { rows } = await app.db.execute<FeedingRoute>(
    sql`select id, name, path from routes where meters ? ${key} order by name`,
  )
  return rows
}

/** @throws AppError `meter_in_use`, with the name of a route that feeds the meter. */
export async function assertNoRouteFeeds(
  tx: App,
  actor: Actor,
  { key, name }: Pick<MeterRow, 'key' | 'name'>,
): Promise<void> {
  const [route] = await listFeedingRoutes(tx, actor, key)
  if (!route) return
  throw new AppError(
    'conflict',
    'meter_in_use',
    'The route {{route}} feeds {{meter}}. Take the meter away from its routes first.',
    { params: { meter: name, route: route.name } },
  )
}
