import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRoute } from '../src/features/upstreams/routes.ts'
import { createUpstream } from '../src/features/upstreams/upstreams.ts'
import { createTestApp, type TestApp } from './app.ts'
import { openDoor } from './door.ts'
import { makeCustomer, signInAs, system } from './make.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app[Symbol.asyncDispose]())

/** Where an operation's answer has its rows, without what an id in the path would lead to. */
async function listCollections(): Promise<string[]> {
  const { body } = await openDoor(app).call('GET', '/openapi.json')
  const paths = Object.entries(body.paths as Record<string, { get?: object }>)
  return paths.flatMap(([path, { get }]) =>
    !path.includes('{') && JSON.stringify(get ?? {}).includes('"next_cursor"') ? [path] : [],
  )
}

test('every collection takes a limit and a cursor, and refuses what is neither', async () => {
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  const session = await signInAs(app, ada)
  const collections = await listCollections()
  expect(collections.length).toBeGreaterThan(15)
  for (const path of collections) {
    const token = path.startsWith('/admin') ? app.adminToken : session
    const of = path === '/admin/keys' ? `&user_id=${ada.userId}` : ''
    const ask = async (query: string) =>
      (await call('GET', `${path}?${query}${of}`, { token })).status
    const statuses = [
      await ask('limit=1'),
      await ask('limit=0'),
      await ask('limit=101'),
      await ask('cursor=zzz'),
    ]
    expect([path, ...statuses]).toEqual([path, 200, 422, 422, 422])
  }
})

test('pages of a short list, one after the other, are the list, also when a row goes meanwhile', async () => {
  const { call } = openDoor(app)
  const token = app.adminToken
  const { id: upstream } = await createUpstream(app, system, {
    name: 'weather',
    url: 'https://api.example.com',
  })
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    await createRoute(app, system, { name, path: `/${name}`, upstream })
  const names: string[] = []
  let query = 'limit=2'
  for (let cursor: string | null = ''; cursor !== null; query = `limit=2&cursor=${cursor}`) {
    const { body } = await call('GET', `/admin/routes?${query}`, { token })
    names.push(...body.data.map((route: { name: string }) => route.name))
    cursor = body.next_cursor
    if (names.length === 2) await call('DELETE', '/admin/routes/a', { token })
  }
  expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a bad field is told in words: what it must be, and not how our library says so', async () => {
  const { call } = openDoor(app)
  const body = { name: 5, price_monthly: 1.5, quota_enforcement: 'x', features: 'all', limits: [] }
  const answer = await call('POST', '/admin/plans', { token: app.adminToken, body })
  expect(answer.body.errors).toEqual([
    { path: 'name', message: 'This must be a text.' },
    { path: 'price_monthly', message: 'This must be a whole number.' },
    { path: 'quota_enforcement', message: 'This must be hard, soft or warn.' },
    { path: 'limits', message: 'This must be an object.' },
    { path: 'features', message: 'This must be an array.' },
  ])
  const empty = await call('POST', '/admin/plans', { token: app.adminToken, body: {} })
  expect(empty.body.errors).toEqual([{ path: 'name', message: 'This is missing.' }])
})
