import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import type { Context, TypedResponse } from 'hono'
import { csvOf, jsonOf, type Row } from '../csv.ts'
import { streamJson } from '../stream-json.ts'
import type { ApiEnv } from './router.ts'

/** How an export is written. */
export const ExportFormat = z.object({ format: z.enum(['csv', 'json']).default('csv') })

/** The answer of an export, for the OpenAPI document. */
export const exported = {
  content: { 'text/csv': { schema: z.string() }, 'application/json': { schema: z.any() } },
  description: 'Everything that the filter matches, as a file',
}

/** Streams rows as a file. The first batch is awaited, so that a refusal is still an answer of its own. */
export async function download(
  c: Context<ApiEnv>,
  name: string,
  format: 'csv' | 'json',
  columns: string[],
  batches: AsyncGenerator<Row[]>,
): Promise<Response> {
  const first = await batches.next()
  async function* all() {
    if (!first.done) yield first.value
    yield* batches
  }
  return send(c, name, format, format === 'csv' ? csvOf(columns, all()) : jsonOf(all()))
}

/** Streams a value as a JSON file; the lists in it that come in batches are read while they are sent. */
export function downloadJson(c: Context<ApiEnv>, name: string, value: object): JsonResponse {
  return send(c, name, 'json', streamJson(value)) as JsonResponse
}

/** What a route that promises JSON wants to hear of an answer that is written piece by piece. */
type JsonResponse = Response & TypedResponse<Record<string, never>, 200, 'json'>

function send(
  c: Context<ApiEnv>,
  name: string,
  format: 'csv' | 'json',
  pieces: AsyncIterable<string>,
): Response {
  const day = c.var.app.now().toISOString().slice(0, 10)
  c.header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json')
  c.header('content-disposition', `attachment; filename="${name}-${day}.${format}"`)
  c.header('cache-control', 'no-store')
  const file = Readable.from(logged(c, pieces), { objectMode: false })
  return c.body(Readable.toWeb(file) as ReadableStream)
}

/** A file that breaks off is cut, so that nobody takes it for a whole one. Why is for our log alone. */
async function* logged(c: Context<ApiEnv>, pieces: AsyncIterable<string>) {
  try {
    yield* pieces
  } catch (error) {
    const { app, requestId } = c.var
    app.log.error({ err: error, requestId, path: c.req.path }, 'a download broke off')
    throw new Error('a download broke off')
  }
}
