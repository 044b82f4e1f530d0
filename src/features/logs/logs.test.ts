import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import type { UserActor } from '../../core/actor.ts'
import type { UsageRecord } from '../../core/usage-record.ts'
import { issueKey } from '../keys/issue-key.ts'
import { requestLogs } from '../usage/schema.ts'
import { en, fr } from './explanations.ts'
import { ListLogs } from './log-input.ts'
import { exportLogs, getLog, listLogs, listLogsOfAll } from './logs.ts'
import { toSearch, walk } from './search-logs.ts'

const now = '2026-11-24T12:00:00Z'
const ask = (query: Partial<Record<keyof ListLogs, string | number>> = {}) => ListLogs.parse(query)
const english = { locale: 'en', timeZone: 'UTC' } as const

test('pages lead through every request once, newest first, over midnights', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app)
  const start = Date.parse('2026-11-21T22:00:00Z')
  // Several share a moment, so that a page can end between them.
  const records = Array.from({ length: 57 }, (_, i) =>
    aRecord(ada, start + Math.floor(i / 4) * 1_800_000),
  )
  await recordAll(app, records)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listLogs(app, ada, ask({ limit: 10, ...(cursor && { cursor }) }), 'UTC')
    seen.push(...page.data.map((row) => row.id))
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  const sorted = records.toSorted((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1))
  expect(seen).toEqual(sorted.map((record) => record.id))
})

test('each filter finds what it names and nothing else', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app)
  const key = await issueKey(app, ada, { name: 'first' })
  const records = {
    plain: aRecord(ada, '2026-11-23T00:00:00Z', { keyId: key.id }),
    posted: aRecord(ada, '2026-11-23T10:00:00Z', { method: 'POST', path: '/v1/sta_tions/7' }),
    refused: aRecord(ada, '2026-11-24T00:00:00Z', { status: 429, outcome: 'refused' }),
    failed: aRecord(ada, '2026-11-24T01:00:00Z', { status: 503, path: '/v2/Oslo' }),
    interrupted: aRecord(ada, '2026-11-24T02:00:00Z', { status: 0, outcome: 'interrupted' }),
  }
  await recordAll(app, Object.values(records))
  const find = async (query: Parameters<typeof ask>[0]) => {
    const { data } = await listLogs(app, ada, ask(query), 'UTC')
    const names = Object.entries(records).map(([name, { id }]) => [id, name] as const)
    return data.map((row) => new Map(names).get(row.id))
  }
  expect(await find({ from: '2026-11-23', to: '2026-11-24' })).toEqual(['posted', 'plain'])
  expect(await find({ from: '2026-11-24T01:00:00+01:00' })).toHaveLength(3)
  expect(await find({ key_id: key.id })).toEqual(['plain'])
  expect(await find({ status: '429' })).toEqual(['refused'])
  expect(await find({ status: '4XX' })).toEqual(['refused'])
  expect(await find({ status: '5xx' })).toEqual(['failed'])
  expect(await find({ status: '0' })).toEqual(['interrupted'])
  expect(await find({ method: 'post' })).toEqual(['posted'])
  expect(await find({ path: '/v1/sta_tions/7' })).toEqual(['posted'])
  expect(await find({ path: '/v1/sta_*' })).toEqual(['posted'])
  expect(await find({ q: 'a_t' })).toEqual(['posted'])
  expect(await find({ q: 'oslo' })).toEqual(['failed'])
  expect(await find({ q: records.plain.id })).toEqual(['plain'])
})

test('a request of another tenant is not there, by id, by list or by key', async () => {
  await using app = await createTestApp({ now })
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  const key = await issueKey(app, ada, { name: 'first' })
  const record = aRecord(ada, now, { keyId: key.id })
  await recordAll(app, [record])
  expect((await getLog(app, ada, record.id, english)).id).toBe(record.id)
  await expect(getLog(app, eve, record.id, english)).rejects.toMatchObject({ status: 404 })
  await expect(getLog(app, ada, 'req_none', english)).rejects.toMatchObject({ status: 404 })
  expect((await listLogs(app, eve, ask(), 'UTC')).data).toEqual([])
  await expect(listLogs(app, eve, ask({ key_id: key.id }), 'UTC')).rejects.toMatchObject({
    status: 404,
  })
  await expect(
    listLogs(app, { ...ada, memberRole: 'billing' }, ask(), 'UTC'),
  ).rejects.toMatchObject({ status: 403 })
  expect((await listLogsOfAll(app, system, ask(), 'UTC')).data).toHaveLength(1)
  const hers = { ...ask(), user_id: eve.email }
  expect((await listLogsOfAll(app, system, hers, 'UTC')).data).toEqual([])
})

test('an export has every request that matches, over several batches', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app)
  const end = Date.parse(now)
  await recordAll(
    app,
    Array.from({ length: 2500 }, (_, i) =>
      aRecord(ada, end - 1000 * Math.floor(i / 3), { status: i % 5 === 0 ? 404 : 200 }),
    ),
  )
  const ids = new Set<string>()
  const sizes: number[] = []
  for await (const rows of exportLogs(app, ada, { status: '200' }, 'UTC')) {
    sizes.push(rows.length)
    for (const { id } of rows) ids.add(id)
  }
  expect(ids.size).toBe(2000)
  expect(Math.max(...sizes)).toBe(1000)
})

test('a search looks at so many rows at a time, and its cursor leads to the one that matches', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app)
  const end = Date.parse(now)
  const records = Array.from({ length: 12_000 }, (_, i) => aRecord(ada, end - 1000 * i))
  await recordAll(app, [...records, aRecord(ada, end - 20_000_000, { path: '/v1/rare' })])
  const step = await walk(
    app,
    await toSearch(app, { organizationId: ada.organizationId }, { q: 'rare' }, 'UTC'),
    undefined,
    20,
  )
  expect(step).toMatchObject({ rows: [], next: { id: records[9999]!.id } })
  const isTheirs = eq(requestLogs.organizationId, ada.organizationId)
  const slow = sql`(select pg_sleep(0.5)) is not null and path = '/v1/rare'`
  const [walked] = await Promise.all([
    walk(app, { indexed: [isTheirs], others: [slow] }, undefined, 20),
    new Promise((resolve) => setTimeout(resolve, 200)).then(() =>
      recordAll(
        app,
        Array.from({ length: 30 }, () => aRecord(ada, end)),
      ),
    ),
  ])
  expect(walked).toMatchObject({ rows: [], next: { id: records[9999]!.id } })
  let page = await listLogs(app, ada, ask({ q: 'rare' }), 'UTC')
  while (page.data.length === 0 && page.next_cursor)
    page = await listLogs(app, ada, ask({ q: 'rare', cursor: page.next_cursor }), 'UTC')
  expect(page).toMatchObject({ data: [{ path: '/v1/rare' }], next_cursor: null })
})

const explained = async (
  app: TestApp,
  actor: UserActor & { organizationId: string },
  rest: Partial<UsageRecord>,
  reader: Parameters<typeof getLog>[3] = english,
) => {
  const record = aRecord(actor, now, rest)
  await recordAll(app, [record])
  return (await getLog(app, actor, record.id, reader)).explanation
}

test('a refusal is explained with its limit, how full it was, and what lifts it', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app)
  const refused = {
    outcome: 'refused',
    status: 429,
    errorCode: 'quota_exceeded',
    decision: { rule: 'plan_quota', limit: 10000, used: 10000, resetsAt: Date.UTC(2026, 11, 1) },
  } as const
  const explanation = await explained(app, ada, refused)
  expect(explanation).toMatchObject({
    ...{ code: 'quota_exceeded', rule: 'plan_quota', limit: 10000, used: 10000 },
    resets_at: '2026-12-01T00:00:00.000Z',
    text: 'All 10,000 requests that your plan includes in this period were used. The next period begins at December 1, 2026 at 12:00:00 AM UTC.',
  })
  expect(explanation!.remedies.length).toBeGreaterThan(0)
  const french = { locale: 'fr', timeZone: 'Europe/Paris' } as const
  expect((await explained(app, ada, refused, french))!.text).toContain('1 décembre 2026 à 01:00:00')
})

test('what the API did itself is told apart from what the gateway did, and success needs no words', async () => {
  await using app = await createTestApp({ now })
  const ada = await makeCustomer(app)
  const textOf = async (rest: Partial<UsageRecord>) => (await explained(app, ada, rest))?.text
  expect(await textOf({ status: 200 })).toBeUndefined()
  expect(await textOf({ status: 404 })).toContain('The API itself answered 404')
  expect(await textOf({ status: 502, errorCode: 'upstream_unreachable' })).toContain(
    'not be reached',
  )
  expect(await textOf({ status: 499, latencyMs: 1500 })).toContain('after 1.5 s')
  expect(await textOf({ status: 0, outcome: 'interrupted' })).toContain('not charged')
  expect(
    await textOf({
      ...{ status: 403, errorCode: 'insufficient_scope', outcome: 'refused' },
      decision: { rule: 'scope', subject: 'stations:write' },
    }),
  ).toContain('“stations:write”')
})

test('both languages explain the same codes, with as many remedies', () => {
  expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort())
  const facts = {
    status: 500,
    key: 'k',
    limit: '1',
    used: '1',
    resetsAt: 't',
    subject: 's',
    seconds: '1',
  }
  for (const topic of Object.keys(en)) {
    expect(fr[topic]!(facts).remedies.length, topic).toBe(en[topic]!(facts).remedies.length)
  }
})
