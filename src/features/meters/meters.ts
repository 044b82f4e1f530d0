import { asc, eq, or, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { AppError, fieldError, invalidInput, notFound } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { recordAudit } from '../audit/audit.ts'
import { changesOf } from '../audit/changes.ts'
import { listPlans } from '../plans/plans.ts'
import { builtInMeters, type CreateMeter, type UpdateMeter } from './meter-input.ts'
import { toMeterJson } from './meter-json.ts'
import { assertNoRouteFeeds } from './route-meters.ts'
import { type MeterKind, type MeterRow, type MeterSource, meterRollups, meters } from './schema.ts'

/** A meter of the operator's, or a built-in one, which has no id. */
export type Meter = {
  id: string | null
  key: string
  name: string
  kind: MeterKind
  unit: string
  source: MeterSource
  archivedAt: Date | null
  createdAt: Date | null
}

const builtIn: Meter[] = builtInMeters.map((meter) => ({
  ...meter,
  ...{ id: null, archivedAt: null, createdAt: null },
}))

/** All meters, the built-in ones first, archived ones included. */
export async function listMeters(app: App, actor: Actor): Promise<Meter[]> {
  requireAdmin(actor)
  return [...builtIn, ...(await listMeterRows(app)).map(toMeter)]
}

/** The operator's meters, in the order in which they were made. */
export function listMeterRows(app: App): Promise<MeterRow[]> {
  return app.db.select().from(meters).orderBy(asc(meters.createdAt), asc(meters.key))
}

/** A meter by key or id. */
export async function getMeter(app: App, actor: Actor, keyOrId: string): Promise<Meter> {
  requireAdmin(actor)
  return builtIn.find(({ key }) => key === keyOrId) ?? toMeter(await getMeterRow(app, keyOrId))
}

/** Makes a meter; events of its key, or requests of routes that come to name it, count from then on. */
export async function createMeter(app: App, actor: Actor, input: CreateMeter): Promise<Meter> {
  requireAdmin(actor)
  const { source = 'events' } = input
  if (isBuiltIn(input.key)) throw keyTaken(input.key)
  assertUnit(source, input.unit)
  return inTransaction(app, async (tx) => {
    const now = tx.now()
    const row = {
      ...input,
      source,
      id: newId('mtr', now.getTime()),
      createdAt: now,
      updatedAt: now,
    }
    const [meter] = await tx.db
      .insert(meters)
      .values(row)
      .returning()
      .catch((error: unknown) => {
        throw isUniqueViolation(error, 'meters_key_unique') ? keyTaken(input.key) : error
      })
    await recordAudit(tx, actor, {
      action: 'meters.created',
      target: { type: 'meter', id: row.id },
      changes: { ...input, source },
    })
    return toMeter(meter!)
  })
}

/**
 * Renames a meter or its unit, archives it or takes it back. Key, kind and source are what its
 * numbers mean, and stay.
 * @throws AppError `meter_in_use` for archiving what a route feeds.
 */
export async function updateMeter(
  app: App,
  actor: Actor,
  keyOrId: string,
  input: UpdateMeter,
): Promise<Meter> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const before = await getMeterRow(tx, keyOrId, { lock: true })
    assertFixed(before, input)
    assertUnit(before.source, input.unit ?? before.unit)
    if (input.archived) await assertNoRouteFeeds(tx, actor, before)
    const now = tx.now()
    const archivedAt = input.archived === undefined ? undefined : input.archived ? now : null
    const [after] = await tx.db
      .update(meters)
      .set({ name: input.name, unit: input.unit, archivedAt, updatedAt: now })
      .where(eq(meters.id, before.id))
      .returning()
    const toJson = (row: MeterRow) => toMeterJson(toMeter(row))
    await recordAudit(tx, actor, {
      action: 'meters.updated',
      target: { type: 'meter', id: before.id },
      changes: changesOf(toJson(before), toJson(after!), input),
    })
    return toMeter(after!)
  })
}

/**
 * Deletes a meter that nothing stands on.
 * @throws AppError `meter_in_use` when it has counted something, a plan limits it or a route feeds it.
 */
export async function deleteMeter(app: App, actor: Actor, keyOrId: string): Promise<void> {
  requireAdmin(actor)
  await inTransaction(app, async (tx) => {
    const { id, key, name } = await getMeterRow(tx, keyOrId, { lock: true })
    await assertNoRouteFeeds(tx, actor, { key, name })
    const [counted] = await tx.db
      .select({ meterId: meterRollups.meterId })
      .from(meterRollups)
      .where(sql`${eq(meterRollups.meterId, id)} and ${meterRollups.unit} = 'day'`)
      .limit(1)
    const plan = (await listPlans(tx)).find(({ limits }) => key in limits)
    if (counted || plan) {
      throw new AppError(
        'conflict',
        'meter_in_use',
        plan
          ? 'The plan {{plan}} limits {{meter}}. Take the limit away first, or archive the meter.'
          : '{{meter}} has counted usage. Archive it instead: it counts nothing more then, and what it counted stays.',
        { params: { meter: name, plan: plan?.name ?? '' } },
      )
    }
    await tx.db.delete(meters).where(eq(meters.id, id))
    await recordAudit(tx, actor, {
      action: 'meters.deleted',
      target: { type: 'meter', id },
      changes: { key, name },
    })
  })
}

async function getMeterRow(app: App, keyOrId: string, { lock = false } = {}): Promise<MeterRow> {
  if (isBuiltIn(keyOrId)) {
    throw new AppError(
      'conflict',
      'built_in_meter',
      'The gateway feeds {{meter}} itself. It can be neither changed nor deleted.',
      { params: { meter: keyOrId } },
    )
  }
  const query = app.db
    .select()
    .from(meters)
    .where(or(eq(meters.key, keyOrId), eq(meters.id, keyOrId)))
  const [meter] = lock ? await query.for('update') : await query
  if (!meter) throw notFound('meter')
  return meter
}

const isBuiltIn = (key: string) => builtIn.some((meter) => meter.key === key)

function toMeter({ updatedAt: _, ...row }: MeterRow): Meter {
  return row
}

/** What was counted one way would mean nothing if it went on in another. */
function assertFixed(meter: MeterRow, input: UpdateMeter): void {
  for (const field of ['kind', 'source'] as const) {
    if (input[field] === undefined || input[field] === meter[field]) continue
    throw invalidInput(
      field,
      'Kind and source of a meter are chosen once. Make another meter, and archive this one.',
    )
  }
}

/** A limit in GB would be off by a factor of a billion where single bytes are counted. */
function assertUnit(source: MeterSource, unit: string): void {
  if (source !== 'bytes' || !/^[kmgtp]i?[bo]$/i.test(unit)) return
  throw invalidInput(
    'unit',
    'Single bytes are counted, so the unit is bytes. Pages write them as kB, MB or GB.',
  )
}

function keyTaken(key: string): AppError {
  return fieldError('conflict', 'meter_key_taken', 'key', 'There is a meter “{{key}}” already.', {
    key,
  })
}
