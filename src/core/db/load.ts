import { finished } from 'node:stream/promises'
import pg from 'pg'
import { from } from 'pg-copy-streams'
import { type Contents, type DumpedTable, isOurs, listContents } from './dump.ts'

const { escapeIdentifier } = pg

/** Tables of the current schema that hold rows. */
export async function findRows(client: pg.ClientBase): Promise<string[]> {
  const { tables } = await listContents(client)
  const full: string[] = []
  for (const { name } of tables) {
    const { rowCount } = await client.query(`select from ${escapeIdentifier(name)} limit 1`)
    if (rowCount) full.push(name)
  }
  return full
}

/** Drops all that the current schema holds, but for what extensions brought, and the schemas `others`. */
export async function clearDatabase(client: pg.ClientBase, others: string[]): Promise<void> {
  for (const name of others)
    await client.query(`drop schema if exists ${escapeIdentifier(name)} cascade`)
  for (const [kind, list] of [
    ['table', droppable('pg_class', 'rel', "relkind in ('r', 'p') and not o.relispartition")],
    ['sequence', droppable('pg_class', 'rel', "relkind = 'S'")],
    ['routine', droppable('pg_proc', 'pro', 'prokind is not null', 'o.oid::regprocedure::text')],
    ['type', droppable('pg_type', 'typ', "typtype in ('e', 'd')")],
  ]) {
    const { rows } = await client.query<{ name: string }>(list!)
    for (const { name } of rows) await client.query(`drop ${kind} if exists ${name} cascade`)
  }
}

const droppable = (catalog: string, prefix: string, where: string, name?: string) => `
  select ${name ?? `quote_ident(o.${prefix}name)`} as name from ${catalog} o
  where o.${prefix}namespace = current_schema()::regnamespace and o.${where} and ${isOurs('o')}`

/** Makes the partitions that a dump had and its schema does not. */
export async function makePartitions(client: pg.ClientBase, tables: DumpedTable[]): Promise<void> {
  for (const { name: parent, partitions } of tables) {
    for (const { name, bound } of partitions) {
      await client.query(
        `create table if not exists ${escapeIdentifier(name)} partition of ${escapeIdentifier(parent)} ${bound}`,
      )
    }
  }
}

/**
 * Reads rows in COPY's text format into a table, in as many pieces as they come. Triggers of ours rest
 * meanwhile: what they would do to a row, they have done.
 */
export async function startLoading(client: pg.ClientBase, { name, columns }: DumpedTable) {
  const table = escapeIdentifier(name)
  await client.query(`alter table ${table} disable trigger user`)
  const list = columns.map(escapeIdentifier).join(', ')
  const stream = client.query(from(`copy ${table} (${list}) from stdin`))
  const done = finished(stream)
  // A refused row is told by whoever writes or ends next.
  done.catch(() => {})
  return {
    write: async (bytes: Buffer) => {
      if (stream.write(bytes)) return
      await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), done])
    },
    /** Resolves with how many rows there were. */
    end: async (): Promise<number> => {
      stream.end()
      await done
      await client.query(`alter table ${table} enable trigger user`)
      return stream.rowCount
    },
  }
}

export async function setSequences(
  client: pg.ClientBase,
  sequences: Contents['sequences'],
): Promise<void> {
  for (const { name, value } of sequences)
    await client.query('select setval($1::regclass, $2)', [escapeIdentifier(name), value])
}
