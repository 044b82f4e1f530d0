import { eq, lt } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { fillIn, notFound } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { ImportReport } from './import-report.ts'
import { importUsers } from './import-users.ts'
import { userImports } from './schema.ts'

const keptMs = 24 * 3_600_000

export type ImportDraft = {
  id: string
  fileName: string
  /** What would become of each line or, once it is imported, what did. */
  report: ImportReport
  isDone: boolean
}

/**
 * Looks a file through and keeps it for a day, so that it can be imported once its preview was read.
 * @throws AppError `csv_without_email`.
 */
export async function draftImport(app: App, actor: Actor, file: File): Promise<string> {
  requireAdmin(actor)
  const csv = decode(Buffer.from(await file.arrayBuffer()))
  const report = await importUsers(app, actor, bytesOf(csv), { isDryRun: true })
  const createdAt = app.now()
  const id = newId('imp', createdAt.getTime())
  const startedBy = actor.type === 'user' ? actor.userId : null
  const fileName = file.name.slice(0, 200)
  await app.db.insert(userImports).values({ id, startedBy, fileName, csv, report, createdAt })
  return id
}

export async function getDraft(app: App, actor: Actor, id: string): Promise<ImportDraft> {
  requireAdmin(actor)
  const [row] = await app.db.select().from(userImports).where(eq(userImports.id, id))
  if (!row) throw notFound('import')
  return { id, fileName: row.fileName, report: row.report, isDone: row.csv === null }
}

/** Imports a file that was looked through. Twice is once. */
export async function runDraft(app: App, actor: Actor, id: string): Promise<void> {
  requireAdmin(actor)
  await inTransaction(app, async (tx) => {
    const isIt = eq(userImports.id, id)
    const [row] = await tx.db.select().from(userImports).where(isIt).for('update')
    if (!row) throw notFound('import')
    if (row.csv === null) return
    // Its own transactions, a few hundred lines each; this one keeps a second click waiting.
    const report = await importUsers(app, actor, bytesOf(row.csv))
    await tx.db.update(userImports).set({ csv: null, report }).where(isIt)
  })
}

export const failureColumns = ['email', 'name', 'plan_name', 'line', 'problem']

/** The lines that failed, to be mended and imported again. */
export async function* listFailures(app: App, actor: Actor, id: string) {
  const { report } = await getDraft(app, actor, id)
  yield report.lines
    .filter(({ result }) => result === 'failed')
    .map(({ line, email, name = '', plan = '', problem }) => {
      return { email, name, plan_name: plan, line, problem: problem ? fillIn(problem) : '' }
    })
}

/** Files hold people's names and addresses: they are not kept. */
export async function forgetImports(app: App): Promise<void> {
  const before = new Date(app.now().getTime() - keptMs)
  await app.db.delete(userImports).where(lt(userImports.createdAt, before))
}

/** As text that the database can hold; what is no text is told line by line. */
function decode(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes)
  return text.replaceAll('\0', '\uFFFD')
}

async function* bytesOf(csv: string): AsyncGenerator<Buffer> {
  yield Buffer.from(csv)
}
