import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { auditLog } from '../../features/audit/schema.ts'
import { apiKeys } from '../../features/keys/schema.ts'
import { createPlan } from '../../features/plans/plans.ts'
import { plans } from '../../features/plans/schema.ts'
import { createFrontDoor } from '../../http/server.ts'
import { createRouter } from '../http/router.ts'
import { idempotencyJobs, idempotent } from './idempotency.ts'
import { idempotentAnswers } from './schema.ts'

const path = '/api/portal/keys'
const withKey = (key: string) => ({ headers: { 'idempotency-key': key } })

test('a repeated call is done once and answered again, without the secret', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  const create = () => call('POST', path, { token, body: { name: 'Build' }, ...withKey('a-1') })
  const first = await create()
  const again = await create()
  expect(first.status).toBe(201)
  expect(first.body.key).toMatch(/^ak_live_/)
  expect(first.headers.has('idempotent-replayed')).toBe(false)
  expect(again.status).toBe(201)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  const { key, ...shown } = first.body
  expect(again.body).toEqual(shown)

  expect(await app.db.$count(apiKeys)).toBe(1)
  const told = await app.db.select().from(auditLog)
  expect(told.filter(({ action }) => action === 'keys.issued')).toHaveLength(1)
  const stored = JSON.stringify(await app.db.select().from(idempotentAnswers))
  expect(stored).not.toContain(key)
})

test('calls at the same time with one key do the work once', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const token = await signInAs(app, await makeCustomer(app))
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      call('POST', path, { token, body: { name: 'Build' }, ...withKey('same') }),
    ),
  )
  const outcomes = answers.map(({ status, body, headers }) => {
    if (status === 409) return body.code
    return headers.has('idempotent-replayed') ? 'replayed' : status
  })
  expect(outcomes.filter((outcome) => outcome === 201)).toHaveLength(1)
  expect(new Set(outcomes.filter((outcome) => outcome !== 201))).toSatisfy((rest: Set<string>) =>
    [...rest].every((outcome) => ['idempotency_in_progress', 'replayed'].includes(outcome)),
  )
  expect(await app.db.$count(apiKeys)).toBe(1)
})

test('a key belongs to its caller and to one request', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const [ada, bob] = [await makeCustomer(app), await makeCustomer(app)]
  const [mine, theirs] = [await signInAs(app, ada), await signInAs(app, bob)]
  const post = (at: string, token: string, body: object) =>
    call('POST', at, { token, body, ...withKey('k') })
  expect((await post(path, mine, { name: 'one' })).status).toBe(201)
  const mismatch = { status: 422, body: { code: 'idempotency_mismatch' } }
  expect(await post(path, mine, { name: 'two' })).toMatchObject(mismatch)
  expect(await post('/api/dev/api-keys', mine, { name: 'one' })).toMatchObject(mismatch)
  const other = await post(path, theirs, { name: 'two' })
  expect(other.status).toBe(201)
  expect(other.headers.has('idempotent-replayed')).toBe(false)
  expect((await post('/admin/plans', app.adminToken, { name: 'Pro' })).status).toBe(201)
  const bad = await call('POST', path, { token: mine, body: { name: 'x' }, ...withKey('a b') })
  expect(bad).toMatchObject({ status: 422, body: { code: 'validation_error' } })
})

test('a refused call is not kept: it can be repeated once its reason is gone', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  await createPlan(app, system, { name: 'Taken', slug: 'pro' })
  const create = () =>
    call('POST', '/admin/plans', {
      ...{ token: app.adminToken, body: { name: 'Pro', slug: 'pro' } },
      ...withKey('retry'),
    })
  expect((await create()).body.code).toBe('slug_taken')
  await app.db.update(plans).set({ slug: 'other' })
  expect((await create()).status).toBe(201)
})

test('an attempt that broke off has never been, and does not stand in the way of the next', async () => {
  await using app = await createTestApp()
  const breaks = [
    async () => {
      throw new Error('a bug')
    },
    // As when the server is killed: its connection is gone, and nobody says goodbye.
    (tx: typeof app) => tx.db.execute(sql`select pg_terminate_backend(pg_backend_pid())`),
  ]
  const api = createRouter()
  api.post('/admin/work', idempotent(), async (c) => {
    await createPlan(c.var.app, system, { name: 'Half' })
    await breaks.shift()?.(c.var.app as typeof app)
    return c.json({ done: true }, 201)
  })
  const door = createFrontDoor(app, { apis: [api], version: '' })
  const headers = { authorization: `Bearer ${app.adminToken}`, 'idempotency-key': 'work' }
  const statuses = []
  for (let i = 0; i < 4; i++)
    statuses.push((await door.request('/admin/work', { method: 'POST', headers })).status)
  expect(statuses).toEqual([500, 500, 201, 201])
  expect(await app.db.$count(plans)).toBe(1)
})

test('after a day a key is as new, and the old answer is dropped', async () => {
  await using app = await createTestApp({ now: '2026-03-01T10:00:00Z' })
  const { call } = openDoor(app)
  const create = (name: string) =>
    call('POST', '/admin/plans', { token: app.adminToken, body: { name }, ...withKey('daily') })
  expect((await create('One')).status).toBe(201)
  app.setNow('2026-03-02T09:59:59Z')
  expect((await create('One')).headers.has('idempotent-replayed')).toBe(true)
  app.setNow('2026-03-02T10:00:00Z')
  expect((await create('Two')).status).toBe(201)
  app.setNow('2026-03-03T10:00:00Z')
  for (const job of idempotencyJobs) await job.run(app, {})
  expect(await app.db.$count(idempotentAnswers)).toBe(0)
})
