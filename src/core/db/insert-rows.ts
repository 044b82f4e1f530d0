import { getTableColumns, type InferInsertModel, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './db.ts'

/**
 * Inserts rows that have the same columns, as one parameter: a parameter for each value, as Drizzle
 * sends them, costs five times as much. `ending` is what follows, such as `on conflict do nothing`.
 */
export async function insertRows<Table extends PgTable>(
  db: Db,
  table: Table,
  rows: InferInsertModel<Table>[],
  ending: SQL = sql``,
): Promise<Record<string, unknown>[]> {
  const [first] = rows
  if (!first) return []
  const names = new Map(
    Object.entries(getTableColumns(table)).map(([key, column]) => [key, column.name]),
  )
  const records = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [names.get(key)!, value])),
  )
  const columns = sql.join(
    Object.keys(first).map((key) => sql.identifier(names.get(key)!)),
    sql`, `,
  )
  const answer = await db.execute(sql`
    insert into ${table} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${table}, ${JSON.stringify(records)}::jsonb)
    ${ending}`)
  return answer.rows
}
