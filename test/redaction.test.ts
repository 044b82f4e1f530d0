import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { findEmbeddedPostgres } from '../src/core/db/embedded.ts'
import { startUpstream } from './gateway.ts'
import { startServer } from './program.ts'

/** Every row of every table, as text. */
async function dump(dataDir: string): Promise<string> {
  const client = new pg.Client((await findEmbeddedPostgres(join(dataDir, 'postgres')))!)
  await client.connect()
  const { rows: tables } = await client.query(`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`)
  const texts: string[] = []
  for (const { name } of tables) {
    const { rows } = await client.query(
      `select coalesce(string_agg(t::text, ' '), '') as all from ${name} t`,
    )
    texts.push(rows[0].all)
  }
  await client.end()
  return texts.join('\n')
}

test('nothing secret that a request carries is kept: no key, header, cookie, query or body', {
  timeout: 120_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'apigate-redaction-'))
  const upstream = await startUpstream((_, response) => response.end('SECRET-of-the-answer'))
  const server = await startServer(dataDir)
  try {
    const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim()
    const asAdmin = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const answer = await fetch(server.url + path, {
        ...{ method: 'POST', headers, body: JSON.stringify(body) },
      })
      expect([path, answer.status]).toEqual([path, 201])
      return answer.json() as Promise<{ key: string }>
    }
    await asAdmin('/admin/plans', { name: 'Free', rate_limit_per_minute: 3 })
    await asAdmin('/admin/upstreams', { name: 'api', url: upstream.url })
    await asAdmin('/admin/routes', { name: 'all', path: '/v1/*', upstream: 'api' })
    await asAdmin('/admin/users', { email: 'ada@example.com' })
    const { key } = await asAdmin('/admin/keys', { user_id: 'ada@example.com', name: 'first' })
    const send = (headers: Record<string, string>) =>
      fetch(`${server.url}/v1/seen?api_key=SECRET-query&password=SECRET-password`, {
        method: 'POST',
        headers: { ...headers, cookie: 'session=SECRET-cookie', 'x-custom': 'SECRET-header' },
        body: 'SECRET-body',
      })
    const statuses = []
    for (let i = 0; i < 4; i++)
      statuses.push((await send({ 'x-api-key': key, authorization: 'Basic SECRET-basic' })).status)
    statuses.push((await send({ authorization: `Bearer ${key}` })).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    let text = await dump(dataDir)
    for (let i = 0; i < 50 && text.split('/v1/seen').length <= 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      text = await dump(dataDir)
    }
    expect(text.split('/v1/seen').length).toBeGreaterThan(5)
    const journal = join(dataDir, 'journal')
    const files = readdirSync(journal).map((name) => readFileSync(join(journal, name), 'utf8'))
    for (const kept of [text, ...files, server.output()]) {
      expect(kept).not.toContain('SECRET')
      expect(kept).not.toContain(key)
    }
  } finally {
    await server.stop()
    await upstream.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
