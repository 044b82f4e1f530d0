import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { checked } from '../../core/http/checked.ts'
import { listPlans, type Plan } from '../plans/plans.ts'
import { Email, Name } from './account-fields.ts'
import type { ImportLine, ImportReport } from './import-report.ts'
import { type ImportRow, readImportRows } from './import-rows.ts'
import { type Candidate, compareBatch, writeBatch } from './write-import.ts'

const batchSize = 500
const maxLines = 100_000

/**
 * Makes users of the lines of a CSV file, or gives known addresses their new name and plan; an
 * empty cell leaves what is there. A bad line is reported and changes nothing. The same file twice
 * changes nothing the second time. A dry run only says what would happen.
 * @throws AppError `csv_without_email` when no column holds addresses.
 */
export async function importUsers(
  app: App,
  actor: Actor,
  csv: AsyncIterable<Uint8Array>,
  { isDryRun = false } = {},
): Promise<ImportReport> {
  requireAdmin(actor)
  const plans = await listPlans(app)
  const defaultPlan = plans.find((plan) => plan.isDefault && plan.enabled) ?? null
  const seen = new Map<string, number>()
  const lines: ImportLine[] = []
  const batch: Candidate[] = []
  const flush = async () => {
    const candidates = batch.splice(0)
    if (candidates.length === 0) return
    if (isDryRun) await compareBatch(app, candidates, defaultPlan)
    else
      await inTransaction(app, async (tx) =>
        writeBatch(tx, actor, await compareBatch(tx, candidates, defaultPlan)),
      )
  }
  for await (const row of readImportRows(csv)) {
    const entry: ImportLine = { line: row.line, email: row.email, result: 'failed', changes: [] }
    lines.push(entry)
    try {
      if (lines.length > maxLines) throw tooManyLines()
      batch.push({ ...checkRow(row, seen, plans), entry })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const problem = error.details.errors?.[0] ?? error.sentence
      Object.assign(entry, { problem, name: row.name, plan: row.plan })
    }
    if (lines.length > maxLines) break
    if (batch.length === batchSize) await flush()
  }
  await flush()
  const count = (result: ImportLine['result']) =>
    lines.filter((line) => line.result === result).length
  return { created: count('created'), updated: count('updated'), failed: count('failed'), lines }
}

function tooManyLines(): AppError {
  return new AppError(
    'invalid',
    'too_many_lines',
    'A file may have {{max}} lines. This one and those after it were not read.',
    { params: { max: maxLines } },
  )
}

/** What a line says. @throws AppError that says what is wrong with it. */
function checkRow(
  row: ImportRow,
  seen: Map<string, number>,
  plans: Plan[],
): Omit<Candidate, 'entry'> {
  if (row.problem) throw row.problem
  const email = checked(Email, row.email)
  const line = seen.get(email)
  if (line !== undefined) {
    const sentence = 'Line {{line}} has this address already.'
    throw new AppError('conflict', 'address_repeated', sentence, { params: { line } })
  }
  seen.set(email, row.line)
  const name = checked(Name, row.name)
  return { email, name, plan: row.plan === '' ? null : findPlan(plans, row.plan) }
}

/** A plan by id, slug or name. */
function findPlan(plans: Plan[], plan: string): Plan {
  const text = plan.toLowerCase()
  const exact = plans.find(({ id, slug }) => id === plan || slug === text)
  if (exact) return exact
  const named = plans.filter(({ name }) => name.toLowerCase() === text)
  if (named.length === 1) return named[0]!
  throw new AppError(
    'invalid',
    'unknown_plan',
    named.length === 0
      ? 'There is no plan “{{plan}}”.'
      : 'There are several plans “{{plan}}”. Use the slug of one.',
    { params: { plan } },
  )
}
