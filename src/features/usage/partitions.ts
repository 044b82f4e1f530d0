import { sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'

const dayMs = 86_400_000
const nameOf = (day: string) => `request_logs_${day.replaceAll('-', '')}`
const dayOf = (time: Date) => time.toISOString().slice(0, 10)

/** Makes the partitions of the log for these times (epoch milliseconds), where they are not there yet. */
export async function ensurePartitions(app: App, times: number[]): Promise<void> {
  const known = app.once(createKnownDays)
  for (const number of new Set(times.map((time) => Math.floor(time / dayMs)))) {
    const day = dayOf(new Date(number * dayMs))
    if (known.has(day)) continue
    const next = dayOf(new Date(Date.parse(day) + dayMs))
    // The lock lets two processes that need the same day take turns.
    await app.db.transaction(async (db) => {
      await db.execute(sql`select pg_advisory_xact_lock(727101)`)
      await db.execute(
        sql.raw(
          `create table if not exists ${nameOf(day)} partition of request_logs for values from ('${day}') to ('${next}')`,
        ),
      )
    })
    known.add(day)
  }
}

function createKnownDays(): Set<string> {
  return new Set()
}

/** Drops the partitions of days that ended before `before`. Returns how many. */
export async function dropPartitions(app: App, before: Date): Promise<number> {
  const { rows } = await app.db.execute(
    sql`select relid::regclass::text as name from pg_partition_tree('request_logs') where level = 1`,
  )
  const limit = nameOf(dayOf(before))
  const old = rows.map((row) => String(row.name)).filter((name) => name < limit)
  for (const name of old) await app.db.execute(sql`drop table ${sql.identifier(name)}`)
  app.once(createKnownDays).clear()
  return old.length
}
