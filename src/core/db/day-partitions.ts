import { sql } from 'drizzle-orm'
import type { App } from '../app.ts'

const dayMs = 86_400_000
const nameOf = (table: string, day: string) => `${table}_${day.replaceAll('-', '')}`
const dayOf = (time: Date) => time.toISOString().slice(0, 10)

/**
 * Makes a table's partitions for the days (UTC) of these times (epoch milliseconds), where they are
 * not there yet. Outside the caller's transaction, so that they stay whatever becomes of that.
 */
export async function ensurePartitions(app: App, table: string, times: number[]): Promise<void> {
  const { known, root } = app.once(createKnownPartitions)
  for (const number of new Set(times.map((time) => Math.floor(time / dayMs)))) {
    const day = dayOf(new Date(number * dayMs))
    const name = nameOf(table, day)
    if (known.has(name)) continue
    const next = dayOf(new Date(Date.parse(day) + dayMs))
    // The lock lets two processes that need the same day take turns.
    await root.db.transaction(async (db) => {
      await db.execute(sql`select pg_advisory_xact_lock(727101)`)
      await db.execute(
        sql.raw(
          `create table if not exists ${name} partition of ${table} for values from ('${day}') to ('${next}')`,
        ),
      )
    })
    known.add(name)
  }
}

function createKnownPartitions(root: App): { known: Set<string>; root: App } {
  return { known: new Set(), root }
}

/** Drops a table's partitions of days that ended before `before`. Returns how many. */
export async function dropPartitions(app: App, table: string, before: Date): Promise<number> {
  const { rows } = await app.db.execute(
    sql`select relid::regclass::text as name from pg_partition_tree(${table}) where level = 1`,
  )
  const limit = nameOf(table, dayOf(before))
  const old = rows.map((row) => String(row.name)).filter((name) => name < limit)
  for (const name of old) await app.db.execute(sql`drop table ${sql.identifier(name)}`)
  app.once(createKnownPartitions).known.clear()
  return old.length
}
