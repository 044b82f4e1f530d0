import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { checked } from '../../core/http/checked.ts'
import { seal, unseal } from '../../core/secret.ts'
import { recordAudit } from '../audit/audit.ts'
import { definitions, type SettingKey, type Settings, settingKeys } from './definitions.ts'
import { assertNoRouteUnder } from './portal-path.ts'
import { settings } from './schema.ts'

export type { SettingKey, Settings } from './definitions.ts'

/** A setting as the operator sees it; the value of a secret never leaves. */
export type SettingRow = {
  key: SettingKey
  value: unknown
  default: unknown
  is_set: boolean
  is_secret: boolean
}

type Definition = (typeof definitions)[SettingKey] & { isSecret?: boolean }
const definitionOf = (key: SettingKey): Definition => definitions[key]

/** All settings, from memory: read once, and again after any of them changed. */
export function getSettings(app: App): Promise<Settings> {
  return app.once(createSettingsCache)()
}

export async function getSetting<K extends SettingKey>(app: App, key: K): Promise<Settings[K]> {
  return (await getSettings(app))[key]
}

function createSettingsCache(app: App): () => Promise<Settings> {
  let cached: Promise<Settings> | undefined
  app.signals.listen((signal) => {
    if (signal.topic === 'settings' || signal.topic === 'everything') cached = undefined
  })
  return () => {
    if (cached) return cached
    const loading = loadSettings(app)
    cached = loading
    loading.catch(() => {
      if (cached === loading) cached = undefined
    })
    return loading
  }
}

async function loadSettings(app: App): Promise<Settings> {
  const rows = await app.db.select().from(settings)
  const stored = new Map(rows.map((row) => [row.key, row]))
  const entries = settingKeys.map((key) => {
    const row = stored.get(key)
    if (!row) return [key, definitionOf(key).default]
    return [key, row.isSecret ? unseal(app.secret, row.value as string) : row.value]
  })
  return Object.fromEntries(entries) as Settings
}

/** Every setting with its default. Secrets show whether they are set, never their value. */
export async function listSettings(app: App, actor: Actor): Promise<SettingRow[]> {
  requireAdmin(actor)
  const current = await getSettings(app)
  const set = new Set(
    (await app.db.select({ key: settings.key }).from(settings)).map((row) => row.key),
  )
  return settingKeys.map((key) => {
    const definition = definitionOf(key)
    return {
      key,
      value: definition.isSecret ? null : current[key],
      default: definition.default,
      is_set: set.has(key),
      is_secret: definition.isSecret === true,
    }
  })
}

/** @throws AppError `not_found` when there is no such setting. */
export async function findSetting(app: App, actor: Actor, key: string): Promise<SettingRow> {
  const rows = await listSettings(app, actor)
  return rows.find((row) => row.key === assertKey(key))!
}

/** Changes a setting for the next request on. A bad value is refused with the reason. */
export async function setSetting(
  app: App,
  actor: Actor,
  key: string,
  value: unknown,
): Promise<void> {
  requireAdmin(actor)
  const known = assertKey(key)
  const parsed = checked(z.object({ value: definitionOf(known).schema }), { value })
  await inTransaction(app, async (tx) => {
    await assertFits(tx, known, parsed.value, 'value')
    await writeSetting(tx, actor, known, parsed.value)
  })
}

/** Changes several settings, all or none; each bad value is refused by its key. */
export async function setSettings(
  app: App,
  actor: Actor,
  values: Record<string, unknown>,
): Promise<void> {
  requireAdmin(actor)
  const known = Object.keys(values).map(assertKey)
  const schemas = known.map((key): [string, z.ZodType] => [key, definitionOf(key).schema])
  const parsed = checked(z.object(Object.fromEntries(schemas)), values)
  await inTransaction(app, async (tx) => {
    for (const key of known) {
      await assertFits(tx, key, parsed[key], key)
      await writeSetting(tx, actor, key, parsed[key])
    }
  })
}

/** What a value must agree with besides its own schema. */
async function assertFits(tx: App, key: SettingKey, value: unknown, field: string): Promise<void> {
  if (key === 'portal_base_path') await assertNoRouteUnder(tx, String(value), field)
}

async function writeSetting(tx: App, actor: Actor, key: SettingKey, data: unknown): Promise<void> {
  // Null is the default of all that may be null.
  if (data === null) return removeSetting(tx, actor, key)
  const before = await getSetting(tx, key)
  const isSecret = definitionOf(key).isSecret === true
  const stored = isSecret ? seal(tx.secret, String(data)) : data
  const row = { value: stored as never, isSecret, updatedAt: tx.now() }
  await tx.db
    .insert(settings)
    .values({ key, ...row })
    .onConflictDoUpdate({ target: settings.key, set: row })
  await recordChange(tx, actor, 'settings.set', key, before, data)
}

/** Puts a setting back to its default. */
export async function unsetSetting(app: App, actor: Actor, key: string): Promise<void> {
  requireAdmin(actor)
  const known = assertKey(key)
  await inTransaction(app, (tx) => removeSetting(tx, actor, known))
}

async function removeSetting(tx: App, actor: Actor, key: SettingKey): Promise<void> {
  const before = await getSetting(tx, key)
  await tx.db.delete(settings).where(eq(settings.key, key))
  await recordChange(tx, actor, 'settings.unset', key, before, definitionOf(key).default)
}

async function recordChange(
  tx: App,
  actor: Actor,
  action: 'settings.set' | 'settings.unset',
  key: SettingKey,
  from: unknown,
  to: unknown,
): Promise<void> {
  await tx.signals.send({ topic: 'settings' })
  await recordAudit(tx, actor, {
    action,
    target: { type: 'setting', id: key },
    changes: definitionOf(key).isSecret ? { secret: '' } : { value: { from, to } },
  })
}

function assertKey(key: string): SettingKey {
  if (Object.hasOwn(definitions, key)) return key as SettingKey
  throw new AppError('not_found', 'not_found', 'There is no setting “{{key}}”.', {
    params: { key },
  })
}
