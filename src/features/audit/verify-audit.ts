import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { asc, getTableColumns, gt, isNull, sql } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { erasure } from './erase-audit.ts'
import { auditLog } from './schema.ts'

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'A hash has 64 hexadecimal digits')

export const VerifyAudit = z.object({
  /** A head that was noted before: it must still be in the chain. */
  head: Hash.optional(),
})
export type VerifyAudit = z.infer<typeof VerifyAudit>

const reasons = ['altered', 'missing', 'unchained', 'blanked', 'head_missing'] as const

export const AuditCheck = z
  .object({
    rows: z.number().describe('How many rows were found whole'),
    head: z
      .object({ seq: z.number(), id: z.string(), time: z.string(), hash: z.string() })
      .nullable(),
    broken: z
      .object({ reason: z.enum(reasons), seq: z.number().nullable(), id: z.string().nullable() })
      .nullable(),
  })
  .openapi('AuditCheck')
export type AuditCheck = z.infer<typeof AuditCheck>
type Broken = NonNullable<AuditCheck['broken']>

const batchSize = 1000

/**
 * Walks the whole chain and computes every hash anew, apart from how the database made them.
 * Answers the head, or the first row that does not fit.
 */
export async function verifyAudit(
  app: App,
  actor: Actor,
  { head: noted }: VerifyAudit = {},
): Promise<AuditCheck> {
  requireAdmin(actor)
  const chain = { rows: 0, hash: '', blanked: 0, erased: 0 }
  let head: AuditCheck['head'] = null
  let isNotedSeen = noted === undefined
  const fail = (reason: Broken['reason'], seq: number | null = null, id: string | null = null) => ({
    ...{ rows: chain.rows, head },
    broken: { reason, seq, id },
  })
  for (;;) {
    const rows = await readRows(app, chain.rows)
    for (const row of rows) {
      const seq = chain.rows + 1
      if (row.seq !== seq) return fail('missing', seq)
      if (!isWhole(row) || row.hash !== hashOf(row, chain.hash)) return fail('altered', seq, row.id)
      chain.rows = seq
      chain.hash = row.hash
      chain.blanked += Number(row.actorSalt === null) + Number(row.changesSalt === null)
      if (row.action === erasure) chain.erased += Number(JSON.parse(row.changesText).parts) || 0
      head = { seq, id: row.id, time: row.time.toISOString(), hash: row.hash }
      isNotedSeen ||= row.hash === noted
    }
    if (rows.length < batchSize) break
  }
  if (chain.blanked > chain.erased) return fail('blanked')
  const [loose] = await app.db.select().from(auditLog).where(isNull(auditLog.seq)).limit(1)
  if (loose) return fail('unchained', null, loose.id)
  return isNotedSeen ? { rows: chain.rows, head, broken: null } : fail('head_missing')
}

type Row = Awaited<ReturnType<typeof readRows>>[number]

function readRows(app: App, after: number) {
  const { changes, ...columns } = getTableColumns(auditLog)
  return app.db
    .select({ ...columns, changesText: sql<string>`${changes}::text` })
    .from(auditLog)
    .where(gt(auditLog.seq, after))
    .orderBy(asc(auditLog.seq))
    .limit(batchSize)
}

/** True when both parts that can be erased are either as they were committed to, or gone. */
function isWhole(row: Row): boolean {
  const actor = listOf([row.actorEmail, row.ip])
  const isActorWhole = row.actorSalt
    ? row.actorCommitment === sha256(row.actorSalt + actor)
    : row.actorEmail === null && row.ip === null
  const areChangesWhole = row.changesSalt
    ? row.changesCommitment === sha256(row.changesSalt + row.changesText)
    : row.changesText === '{}'
  return isActorWhole && areChangesWhole
}

function hashOf(row: Row, previous: string): string {
  return sha256(
    listOf([
      ...[row.seq, previous, row.id, row.time.toISOString(), row.actorType, row.actorId],
      ...[row.actorRole, row.actorCommitment, row.action, row.targetType, row.targetId],
      ...[row.organizationId, row.requestId, row.changesCommitment],
    ]),
  )
}

/** As PostgreSQL writes an array in JSON. */
const listOf = (values: (string | number | null)[]) =>
  `[${values.map((value) => JSON.stringify(value)).join(', ')}]`

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
