import { z } from '@hono/zod-openapi'
import { asc, eq, or } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../../core/db/violations.ts'
import { AppError, fieldError, notFound } from '../../core/errors.ts'
import { isNoId, newId } from '../../core/ids.ts'
import { seal } from '../../core/secret.ts'
import { changesOf } from '../audit/changes.ts'
import { type UpstreamRow, upstreams } from './schema.ts'
import { tellChange } from './tell-change.ts'

const Address = z
  .url({ protocol: /^https?$/, error: 'Use an http or https address', abort: true })
  .refine(
    (address) => {
      const { username, password, search, hash } = new URL(address)
      return username === '' && password === '' && search === '' && hash === ''
    },
    { error: 'Leave out credentials, query and fragment' },
  )
const Name = z
  .string()
  .trim()
  .min(1, 'Give the upstream a name')
  .max(80)
  .refine(isNoId, 'A name must not look like an id')
const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'Use the name of a header')
const Secret = z
  .string()
  .min(1)
  .max(4000)
  .regex(/^[\x20-\x7e]+$/, 'Use visible ASCII characters')

const Auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer'), secret: Secret }),
  z.strictObject({ type: z.literal('header'), header: HeaderName, secret: Secret }),
  /** `secret` is `user:password`. */
  z.strictObject({ type: z.literal('basic'), secret: Secret.regex(/:/, 'Use user:password') }),
])

const UpstreamFields = z.strictObject({
  name: Name,
  url: Address,
  urls: z.array(Address).min(1).max(20),
  timeout_ms: z.number().int().min(1).max(3_600_000),
  max_concurrency: z.number().int().min(1).max(1_000_000).nullable(),
  auth: Auth,
  health_path: z.string().startsWith('/', 'Begin with a slash').max(500).nullable(),
  enabled: z.boolean(),
})
export const CreateUpstream = UpstreamFields.partial()
  .required({ name: true })
  .refine((input) => (input.url === undefined) !== (input.urls === undefined), {
    error: 'Give either url or urls',
    path: ['url'],
  })
export type CreateUpstream = z.infer<typeof CreateUpstream>
export const UpdateUpstream = UpstreamFields.partial().refine(
  (input) => input.url === undefined || input.urls === undefined,
  { error: 'Give either url or urls', path: ['url'] },
)
export type UpdateUpstream = z.infer<typeof UpdateUpstream>

/** An upstream as the admin API shows it; the secret is never read back. */
export const UpstreamJson = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    urls: z.array(z.string()),
    timeout_ms: z.number(),
    max_concurrency: z.number().nullable(),
    auth: z.object({ type: z.string(), header: z.string().nullable(), is_set: z.boolean() }),
    health_path: z.string().nullable(),
    enabled: z.boolean(),
    created_at: z.string(),
  })
  .openapi('Upstream')

export function toUpstreamJson(row: UpstreamRow): z.infer<typeof UpstreamJson> {
  return {
    id: row.id,
    name: row.name,
    url: row.urls[0]!,
    urls: row.urls,
    timeout_ms: row.timeoutMs,
    max_concurrency: row.maxConcurrency,
    auth: { type: row.authType, header: row.authHeader, is_set: row.authSecret !== null },
    health_path: row.healthPath,
    enabled: row.enabled,
    created_at: row.createdAt.toISOString(),
  }
}

/** All upstreams by name. */
export async function listUpstreams(app: App, actor: Actor): Promise<UpstreamRow[]> {
  requireAdmin(actor)
  return app.db.select().from(upstreams).orderBy(asc(upstreams.name))
}

/** An upstream by id or name. */
export async function getUpstream(app: App, actor: Actor, idOrName: string): Promise<UpstreamRow> {
  requireAdmin(actor)
  const [row] = await app.db
    .select()
    .from(upstreams)
    .where(or(eq(upstreams.id, idOrName), eq(upstreams.name, idOrName)))
  if (!row) throw notFound('upstream')
  return row
}

export async function createUpstream(
  app: App,
  actor: Actor,
  input: CreateUpstream,
): Promise<UpstreamRow> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const id = newId('ups', app.now().getTime())
    const urls = input.urls ?? [input.url!]
    const row = { ...toColumns(app, input), id, name: input.name, urls }
    const [created] = await tx.db.insert(upstreams).values(row).returning().catch(explainName)
    await tellChange(tx, actor, 'upstreams.created', { type: 'upstream', id }, withoutSecret(input))
    return created!
  })
}

/** Changes what is given, from the next request on. */
export async function updateUpstream(
  app: App,
  actor: Actor,
  idOrName: string,
  input: UpdateUpstream,
): Promise<UpstreamRow> {
  requireAdmin(actor)
  return inTransaction(app, async (tx) => {
    const before = await getUpstream(tx, actor, idOrName)
    const { id } = before
    const [updated] = await tx.db
      .update(upstreams)
      .set({ ...toColumns(app, input), updatedAt: app.now() })
      .where(eq(upstreams.id, id))
      .returning()
      .catch(explainName)
    const changes = changesOf(toUpstreamJson(before), toUpstreamJson(updated!), input)
    await tellChange(
      tx,
      actor,
      'upstreams.updated',
      { type: 'upstream', id },
      { ...changes, ...secretOf(input) },
    )
    return updated!
  })
}

/** @throws AppError `upstream_in_use` while a route leads to it. */
export async function deleteUpstream(app: App, actor: Actor, idOrName: string): Promise<void> {
  requireAdmin(actor)
  await inTransaction(app, async (tx) => {
    const { id, name } = await getUpstream(tx, actor, idOrName)
    await tx.db
      .delete(upstreams)
      .where(eq(upstreams.id, id))
      .catch((error: unknown) => {
        if (!isForeignKeyViolation(error)) throw error
        throw new AppError(
          'conflict',
          'upstream_in_use',
          'Routes lead to {{upstream}}. Delete them first, or disable the upstream.',
          { params: { upstream: name } },
        )
      })
    await tellChange(tx, actor, 'upstreams.deleted', { type: 'upstream', id }, { name })
  })
}

function withoutSecret({ auth, ...input }: UpdateUpstream): Record<string, unknown> {
  return auth ? { ...input, auth: { type: auth.type } } : input
}

/** That there is another secret, which the log does not hold. */
const secretOf = ({ auth }: UpdateUpstream) => (auth && auth.type !== 'none' ? { secret: '' } : {})

function toColumns(app: App, input: UpdateUpstream): Partial<UpstreamRow> {
  const { auth } = input
  return {
    name: input.name,
    urls: input.urls ?? (input.url ? [input.url] : undefined),
    timeoutMs: input.timeout_ms,
    maxConcurrency: input.max_concurrency,
    authType: auth?.type,
    ...(auth && { authHeader: auth.type === 'header' ? auth.header : null }),
    ...(auth && { authSecret: auth.type === 'none' ? null : seal(app.secret, auth.secret) }),
    healthPath: input.health_path,
    enabled: input.enabled,
  }
}

function explainName(error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw fieldError('conflict', 'name_taken', 'name', 'There is an upstream with this name already.')
}
