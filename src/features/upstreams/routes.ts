import { z } from '@hono/zod-openapi'
import { asc, eq, or } from 'drizzle-orm'
import { type Actor, requireAdmin } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { AppError, fieldError, invalidInput, notFound } from '../../core/errors.ts'
import { Origin } from '../../core/http/origin.ts'
import { isNoId, newId } from '../../core/ids.ts'
import { changesOf } from '../audit/changes.ts'
import { assertFedByRoutes } from '../meters/route-meters.ts'
import { reservedPaths } from '../settings/definitions.ts'
import { getSetting } from '../settings/settings.ts'
import { type RouteRow, routes, type UpstreamRow, upstreams } from './schema.ts'
import { tellChange } from './tell-change.ts'
import { getUpstream } from './upstreams.ts'

const parametersOf = (path: string) => path.split('/').filter((part) => part.startsWith(':'))

const Path = z
  .string()
  .max(500)
  .regex(/^\/[^\s?#\\]*$/, 'Begin with a slash, without spaces, ? or #')
  .refine((path) => path === '/*' || !path.slice(0, -2).includes('*'), {
    error: 'A * may only end the path, as in /v1/*',
  })
  .refine((path) => !path.includes('*') || path.endsWith('/*'), {
    error: 'A * may only end the path, as in /v1/*',
  })
  .refine((path) => !/\/\.{1,2}(\/|$)/.test(path), { error: 'Leave out dot segments' })
  .regex(/^[\x21-\x7e]*$/, 'Begin with a slash; percent-encode what is not ASCII')
  // The gateway undoes the escapes of these before it matches.
  .refine((path) => !/%(2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/i.test(path), {
    error: 'Write letters, digits, dots and hyphens as they are',
  })
  .refine((path) => !path.includes('//'), { error: 'Leave out empty segments' })
  .refine((path) => parametersOf(path).every((name) => /^:[A-Za-z_]\w*$/.test(name)), {
    error: 'A parameter is a whole segment: a colon and a name, as in /users/:id',
  })
  .refine((path) => new Set(parametersOf(path)).size === parametersOf(path).length, {
    error: 'Give each parameter a name of its own',
  })
const Method = z
  .string()
  .toUpperCase()
  .pipe(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']))
const Host = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9.-]+$/, 'Use a host name without a port')
  .max(253)

const RouteFields = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Give the route a name')
    .max(80)
    .refine(isNoId, 'A name must not look like an id'),
  path: Path,
  methods: z.array(Method).max(7),
  host: Host.nullable(),
  upstream: z.string(),
  strip_prefix: z.boolean(),
  /** Goes out as it is, so it holds what a request line can. */
  rewrite: z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, 'Begin with a slash; percent-encode what is not ASCII')
    .max(500)
    .nullable(),
  auth_required: z.boolean(),
  scopes: z.array(z.string().min(1).max(80)).max(50),
  credit_cost: z.number().int().min(0).max(1_000_000),
  meters: z
    .array(z.string().max(80))
    .max(20)
    .refine((keys) => new Set(keys).size === keys.length, 'Name each meter once')
    .openapi({ description: 'Keys of meters that each forwarded request of the route feeds' }),
  timeout_ms: z.number().int().min(1).max(3_600_000).nullable(),
  max_body_bytes: z.number().int().min(0).max(2_147_483_647).nullable(),
  cors: z.array(z.union([z.literal('*'), Origin])).max(50),
  priority: z.number().int().min(-1000).max(1000),
  enabled: z.boolean(),
})
export const CreateRoute = RouteFields.partial().required({
  name: true,
  path: true,
  upstream: true,
})
export type CreateRoute = z.infer<typeof CreateRoute>
export const UpdateRoute = RouteFields.partial()
export type UpdateRoute = z.infer<typeof UpdateRoute>

export type RouteWithUpstream = RouteRow & { upstreamName: string }

export const RouteJson = RouteFields.omit({ upstream: true })
  .extend({
    id: z.string(),
    upstream: z.object({ id: z.string(), name: z.string() }),
    created_at: z.string(),
  })
  .openapi('Route')

export function toRouteJson(row: RouteWithUpstream): z.infer<typeof RouteJson> {
  return {
    id: row.id,
    name: row.name,
    path: row.path,
    methods: row.methods as z.infer<typeof Method>[],
    host: row.host,
    upstream: { id: row.upstreamId, name: row.upstreamName },
    strip_prefix: row.stripPrefix,
    rewrite: row.rewrite,
    auth_required: row.authRequired,
    scopes: row.scopes,
    credit_cost: row.creditCost,
    meters: row.meters,
    timeout_ms: row.timeoutMs,
    max_body_bytes: row.maxBodyBytes,
    cors: row.cors,
    priority: row.priority,
    enabled: row.enabled,
    created_at: row.createdAt.toISOString(),
  }
}

const selectRoutes = (app: App) =>
  app.db
    .select({ route: routes, upstreamName: upstreams.name })
    .from(routes)
    .innerJoin(upstreams, eq(upstreams.id, routes.upstreamId))

/** All routes by path. */
export async function listRoutes(app: App, actor: Actor): Promise<RouteWithUpstream[]> {
  requireAdmin(actor)
  const rows = await selectRoutes(app).orderBy(asc(routes.path), asc(routes.name))
  return rows.map(({ route, upstreamName }) => ({ ...route, upstreamName }))
}

/** A route by id or name. */
export async function getRoute(
  app: App,
  actor: Actor,
  idOrName: string,
): Promise<RouteWithUpstream> {
  requireAdmin(actor)
  const [row] = await selectRoutes(app).where(
    or(eq(routes.id, idOrName), eq(routes.name, idOrName)),
  )
  if (!row) throw notFound('route')
  return { ...row.route, upstreamName: row.upstreamName }
}

export async function createRoute(
  app: App,
  actor: Actor,
  input: CreateRoute,
): Promise<RouteWithUpstream> {
  requireAdmin(actor)
  await assertFree(app, input.path)
  return inTransaction(app, async (tx) => {
    const upstream = await namedUpstream(tx, actor, input.upstream)
    assertRewrite(input.path, input.rewrite ?? null)
    await assertFedByRoutes(tx, input.meters ?? [])
    const id = newId('rte', app.now().getTime())
    const row = {
      ...toColumns(input),
      id,
      name: input.name,
      path: input.path,
      upstreamId: upstream.id,
    }
    await tx.db.insert(routes).values(row).catch(explainName)
    await tellChange(tx, actor, 'routes.created', { type: 'route', id }, input)
    return getRoute(tx, actor, id)
  })
}

/** Changes what is given, from the next request on. */
export async function updateRoute(
  app: App,
  actor: Actor,
  idOrName: string,
  input: UpdateRoute,
): Promise<RouteWithUpstream> {
  requireAdmin(actor)
  if (input.path !== undefined) await assertFree(app, input.path)
  return inTransaction(app, async (tx) => {
    const before = await getRoute(tx, actor, idOrName)
    const { id } = before
    await assertFedByRoutes(tx, input.meters ?? [])
    const upstreamId =
      input.upstream === undefined ? undefined : (await namedUpstream(tx, actor, input.upstream)).id
    await tx.db
      .update(routes)
      .set({ ...toColumns(input), upstreamId, updatedAt: app.now() })
      .where(eq(routes.id, id))
      .catch(explainName)
    const after = await getRoute(tx, actor, id)
    assertRewrite(after.path, after.rewrite)
    const changes = changesOf(toRouteJson(before), toRouteJson(after), input)
    await tellChange(tx, actor, 'routes.updated', { type: 'route', id }, changes)
    return after
  })
}

export async function deleteRoute(app: App, actor: Actor, idOrName: string): Promise<void> {
  requireAdmin(actor)
  await inTransaction(app, async (tx) => {
    const { id, name, path } = await getRoute(tx, actor, idOrName)
    await tx.db.delete(routes).where(eq(routes.id, id))
    await tellChange(tx, actor, 'routes.deleted', { type: 'route', id }, { name, path })
  })
}

/** A name that the path does not give would go to the upstream as it stands. */
function assertRewrite(path: string, rewrite: string | null): void {
  const names = parametersOf(path)
  const unknown = parametersOf(rewrite ?? '').find((name) => !names.includes(name))
  if (unknown)
    throw invalidInput('rewrite', 'The path has no parameter {{name}}.', { name: unknown })
}

/** A path of the gateway's own would never be asked for. */
async function assertFree(app: App, path: string): Promise<void> {
  const base = await getSetting(app, 'portal_base_path')
  const plain = path.replace(/\/\*$/, '')
  const taken = [...reservedPaths, base].find(
    (prefix) => plain === prefix || plain.startsWith(`${prefix}/`),
  )
  if (!taken) return
  throw invalidInput('path', '{{path}} belongs to the gateway itself.', { path: taken })
}

async function namedUpstream(tx: App, actor: Actor, idOrName: string): Promise<UpstreamRow> {
  return getUpstream(tx, actor, idOrName).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.kind !== 'not_found') throw error
    throw invalidInput('upstream', 'There is no upstream of this name.')
  })
}

function toColumns(input: UpdateRoute): Partial<RouteRow> {
  return {
    name: input.name,
    path: input.path,
    methods: input.methods,
    host: input.host,
    stripPrefix: input.strip_prefix,
    rewrite: input.rewrite,
    authRequired: input.auth_required,
    scopes: input.scopes,
    creditCost: input.credit_cost,
    meters: input.meters,
    timeoutMs: input.timeout_ms,
    maxBodyBytes: input.max_body_bytes,
    cors: input.cors,
    priority: input.priority,
    enabled: input.enabled,
  }
}

function explainName(error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw fieldError('conflict', 'name_taken', 'name', 'There is a route with this name already.')
}
