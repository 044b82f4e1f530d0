import { type SQL, sql } from 'drizzle-orm'
import type { Comparison, Filter } from './filter.ts'

const signs: Record<Comparison, SQL> = {
  '==': sql`=`,
  '!=': sql`is distinct from`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

/** A filter as a condition. Columns are ours, values are parameters: nothing of its text is SQL. */
export function toCondition<Field extends string>(
  filter: Filter<Field>,
  columns: Record<Field, SQL>,
): SQL {
  if (filter.is === 'not') return sql`not ${toCondition(filter.inner, columns)}`
  if ('left' in filter) {
    const left = toCondition(filter.left, columns)
    const right = toCondition(filter.right, columns)
    return filter.is === 'and' ? sql`(${left} and ${right})` : sql`(${left} or ${right})`
  }
  // What has no value, such as a percentage of no quota, is neither above nor below anything.
  return sql`coalesce(${columns[filter.field]} ${signs[filter.is]} ${filter.value}, false)`
}
