import pg from 'pg'
import { to } from 'pg-copy-streams'

/** A table as a dump has it: where its rows can be read back into. */
export type DumpedTable = {
  name: string
  columns: string[]
  partitions: { name: string; bound: string }[]
}

export type Contents = {
  /** Each after those that it refers to. */
  tables: DumpedTable[]
  sequences: { name: string; value: string }[]
}

const { escapeIdentifier } = pg

/** What there is to dump: tables of the current schema, but for those that an extension brought. */
export async function listContents(client: pg.ClientBase): Promise<Contents> {
  const tables = await client.query<{ name: string; columns: string[] }>(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = current_schema()::regnamespace
      and c.relkind in ('r', 'p') and not c.relispartition and ${isOurs('c')}
    group by c.relname
    order by c.relname`)
  const partitions = await client.query<{ parent: string; name: string; bound: string }>(`
    select p.relname as parent, c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where c.relispartition and p.relnamespace = current_schema()::regnamespace
    order by c.relname`)
  const references = await client.query<{ from: string; to: string }>(`
    select f.relname as "from", t.relname as "to"
    from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and f.relname <> t.relname and k.connamespace = current_schema()::regnamespace`)
  const sequences = await client.query<{ name: string; value: string }>(`
    select sequencename as name, last_value::text as value from pg_sequences
    where schemaname = current_schema() and last_value is not null`)
  return {
    tables: inOrder(
      tables.rows.map((table) => ({
        ...table,
        partitions: partitions.rows
          .filter(({ parent }) => parent === table.name)
          .map(({ name, bound }) => ({ name, bound })),
      })),
      references.rows,
    ),
    sequences: sequences.rows,
  }
}

/** SQL: true for what is no part of an extension. */
export const isOurs = (alias: string) =>
  `not exists (select from pg_depend d where d.objid = ${alias}.oid and d.deptype = 'e')`

function inOrder(tables: DumpedTable[], references: { from: string; to: string }[]): DumpedTable[] {
  const ordered: DumpedTable[] = []
  let waiting = tables
  while (waiting.length > 0) {
    const isWaitingFor = (name: string) => waiting.some((table) => table.name === name)
    const ready = waiting.filter(
      ({ name }) => !references.some(({ from, to }) => from === name && isWaitingFor(to)),
    )
    if (ready.length === 0)
      throw new Error(`tables refer to each other in a circle: ${waiting.map(({ name }) => name)}`)
    ordered.push(...ready)
    waiting = waiting.filter((table) => !ready.includes(table))
  }
  return ordered
}

/** The rows of a table in COPY's text format. */
export function readRows(client: pg.ClientBase, { name, columns }: DumpedTable) {
  const list = columns.map(escapeIdentifier).join(', ')
  return client.query(to(`copy (select ${list} from ${escapeIdentifier(name)}) to stdout`))
}
