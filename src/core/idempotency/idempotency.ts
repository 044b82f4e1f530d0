import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { and, eq, gt, lte, sql } from 'drizzle-orm'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Actor } from '../actor.ts'
import { type App, inTransaction } from '../app.ts'
import { AppError, invalidInput } from '../errors.ts'
import type { ApiEnv } from '../http/router.ts'
import { jobAt } from '../jobs/jobs.ts'
import { idempotentAnswers } from './schema.ts'

const keptMs = 24 * 3_600_000

/** The header of a write that is safe to repeat, for the OpenAPI document. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': z.string().min(1).max(255).optional().openapi({
    description:
      'Makes it safe to repeat the call for 24 hours: a repetition gets the first answer again, with Idempotent-Replayed: true and without secrets, which are shown once only. The same key with another request is 422 idempotency_mismatch; while the first call is still running, 409 idempotency_in_progress. A call that failed is not kept and can be repeated.',
  }),
})

/**
 * Runs a write at most once for each `Idempotency-Key` of its caller. The work and its answer are
 * stored in one transaction: neither is there without the other, and an attempt that broke off has
 * never been. `secrets` are the fields of the answer that a replay leaves out. For routes whose
 * handler takes the app from `c.var` and does nothing outside the database.
 */
export const idempotent = (...secrets: string[]) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const key = c.req.header('idempotency-key')
    const caller = callerOf(c.var.actor)
    if (key === undefined || caller === undefined) return next()
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw invalidInput('Idempotency-Key', 'Use 1 to 255 visible ASCII characters.')
    }
    const { app } = c.var
    const fingerprint = await fingerprintOf(c)
    try {
      return await inTransaction(app, async (tx) => {
        await claim(tx, caller, key)
        const kept = await findAnswer(tx, caller, key)
        if (kept) return replay(kept, fingerprint)
        c.set('app', tx)
        await next()
        if (!c.res.ok) throw undone
        const body = withoutFields(await c.res.clone().text(), secrets)
        const answer = { fingerprint, status: c.res.status, body, createdAt: tx.now() }
        await tx.db
          .insert(idempotentAnswers)
          .values({ caller, key, ...answer })
          .onConflictDoUpdate({
            target: [idempotentAnswers.caller, idempotentAnswers.key],
            set: answer,
          })
      })
    } catch (error) {
      // The handler's refusal is the answer already; what it had written is gone.
      if (error !== undone) throw error
    } finally {
      c.set('app', app)
    }
  })

/** Ends the transaction of a write that was refused. */
const undone = new Error('refused')

/** One call with a key at a time; the claim ends with the transaction, however that ends. */
async function claim(tx: App, caller: string, key: string): Promise<void> {
  const name = `idempotency ${caller} ${key}`
  const { rows } = await tx.db.execute<{ is_free: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as is_free`,
  )
  if (rows[0]!.is_free) return
  throw new AppError(
    'conflict',
    'idempotency_in_progress',
    'The first call with this Idempotency-Key is still running. Try again in a moment.',
    { retryAfter: 1 },
  )
}

type Answer = typeof idempotentAnswers.$inferSelect

async function findAnswer(tx: App, caller: string, key: string): Promise<Answer | undefined> {
  const [answer] = await tx.db
    .select()
    .from(idempotentAnswers)
    .where(
      and(
        eq(idempotentAnswers.caller, caller),
        eq(idempotentAnswers.key, key),
        gt(idempotentAnswers.createdAt, new Date(tx.now().getTime() - keptMs)),
      ),
    )
  return answer
}

function replay(answer: Answer, fingerprint: string): Response {
  if (answer.fingerprint !== fingerprint) {
    throw new AppError(
      'invalid',
      'idempotency_mismatch',
      'This Idempotency-Key was used for another request. Use a new one for each.',
    )
  }
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'idempotent-replayed': 'true',
  }
  return new Response(answer.body || null, { status: answer.status, headers })
}

/** Whose keys are kept apart. Strangers have none: nothing that they may do is repeated by key. */
function callerOf(actor: Actor): string | undefined {
  if (actor.type === 'user') return actor.userId
  if (actor.type === 'service_key') return actor.keyId
  return actor.type === 'admin_token' ? 'admin_token' : undefined
}

async function fingerprintOf(c: Context<ApiEnv>): Promise<string> {
  const { actor } = c.var
  const organization = actor.type === 'user' ? (actor.organizationId ?? '') : ''
  const { pathname, search } = new URL(c.req.url)
  const head = [c.req.method, pathname + search, organization].join('\n')
  const body = await c.req.arrayBuffer()
  return createHash('sha256').update(`${head}\n`).update(new Uint8Array(body)).digest('hex')
}

function withoutFields(body: string, fields: string[]): string {
  if (fields.length === 0) return body
  const entries = Object.entries(JSON.parse(body) as object)
  return JSON.stringify(Object.fromEntries(entries.filter(([name]) => !fields.includes(name))))
}

/** Removes what a user was answered, as when the account is deleted. */
export async function forgetAnswersTo(tx: App, userId: string): Promise<void> {
  await tx.db.delete(idempotentAnswers).where(eq(idempotentAnswers.caller, userId))
}

export const idempotencyJobs = [
  jobAt('20 * * * *', 'idempotency.drop-old-answers', async (app) => {
    const before = new Date(app.now().getTime() - keptMs)
    await app.db.delete(idempotentAnswers).where(lte(idempotentAnswers.createdAt, before))
  }),
]
