import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../../core/config.ts'
import { readSchemaState } from '../../core/db/migrate.ts'
import { measureBacklog } from '../../gateway/journal-backlog.ts'
import { hasDatabase, withSite } from '../site.ts'
import { attempt, type Finding, failed, ok, warning } from './finding.ts'

const oldestMajor = 15
const mebibyte = 2 ** 20

/** The database and what depends on it, as it is: nothing is made or migrated. */
export async function checkDatabase(config: Config): Promise<Finding[]> {
  if (!hasDatabase(config))
    return [ok('database', 'Embedded; not there yet, the first start makes it.')]
  return withSite(config, async ({ databaseUrl, isServing }) => {
    const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 })
    await client.connect()
    try {
      return [
        ...(await attempt('database', () => checkVersion(client, config))),
        ...(await attempt('schema', () => checkSchema(client, isServing))),
        ...(await attempt('clock', () => checkClock(client))),
        ...(await attempt('journal', () => checkJournal(client, config, isServing))),
      ]
    } finally {
      await client.end()
    }
  })
}

async function checkVersion(client: pg.Client, { database }: Config): Promise<Finding[]> {
  const { rows } = await client.query(
    `select current_setting('server_version') as version,
            current_setting('server_version_num')::int / 10000 as major,
            pg_size_pretty(pg_database_size(current_database())) as size`,
  )
  const { version, major, size } = rows[0] as { version: string; major: number; size: string }
  const kind = database.kind === 'embedded' ? 'Embedded PostgreSQL' : 'PostgreSQL'
  if (major >= oldestMajor) return [ok('database', `${kind} ${version}, ${size}.`)]
  return [failed('database', `${kind} ${version} is too old. Use version ${oldestMajor} or newer.`)]
}

async function checkSchema(client: pg.Client, isServing: boolean): Promise<Finding[]> {
  const { applied, pending } = await readSchemaState(client)
  if (pending === 0) return [ok('schema', `Up to date (${applied} migrations).`)]
  const text = `${pending} of ${applied + pending} migrations wait.`
  return isServing
    ? [failed('schema', `${text} Restart the server: it runs an older release.`)]
    : [warning('schema', `${text} The next start applies them, or run apigate migrate.`)]
}

/** Sessions, limits and periods are decided by both clocks. */
async function checkClock(client: pg.Client): Promise<Finding[]> {
  const before = Date.now()
  const { rows } = await client.query(
    'select extract(epoch from clock_timestamp())::float8 * 1000 as now',
  )
  const after = Date.now()
  const { now } = rows[0] as { now: number }
  // Anything between the two moments is in step.
  const skewMs = Math.round(Math.max(0, before - now, now - after))
  const detail = `The database's clock is ${(skewMs / 1000).toFixed(1)} s away from this machine's.`
  if (skewMs > 5000) return [failed('clock', `${detail} Synchronise both (NTP).`)]
  return skewMs > 1000
    ? [warning('clock', `${detail} Synchronise both (NTP).`)]
    : [ok('clock', 'In step with the database.')]
}

async function checkJournal(
  client: pg.Client,
  config: Config,
  isServing: boolean,
): Promise<Finding[]> {
  const { rows } = await client.query<{ segment: string; recorded: string }>(
    'select segment, recorded_to::text as recorded from journal_cursors',
  )
  const cursors = new Map(rows.map((row) => [row.segment, Number(row.recorded)]))
  const directory = join(config.dataDir, 'journal')
  const { waitingBytes, rejected } = await measureBacklog(directory, cursors)
  const size = `${(waitingBytes / mebibyte).toFixed(1)} MiB of usage`
  const findings: Finding[] = []
  if (isServing && waitingBytes > 64 * mebibyte) {
    findings.push(
      warning(
        'journal',
        `${size} wait to be recorded: the database does not keep up. See the log.`,
      ),
    )
  } else if (waitingBytes > 0 && !isServing) {
    findings.push(ok('journal', `${size} wait; the next start records them.`))
  } else findings.push(ok('journal', 'Recorded.'))
  if (rejected > 0) {
    findings.push(
      warning(
        'journal',
        `${rejected} records were refused by the database; they are kept in ${join(directory, 'rejected.jsonl')}. See the log for why.`,
      ),
    )
  }
  return findings
}
