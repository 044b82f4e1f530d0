import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { loadRouting } from './load-routing.ts'

let app: TestApp
let call: ReturnType<typeof openDoor>['call']
const token = 'the-admin-token-of-the-tests'
beforeAll(async () => {
  app = await createTestApp()
  call = openDoor(app).call
})
afterAll(() => app[Symbol.asyncDispose]())

const post = (path: string, body: unknown) => call('POST', path, { token, body })
const addUpstream = (name: string, rest: object = {}) =>
  post('/admin/upstreams', { name, url: 'http://localhost:9999', ...rest })

test('an upstream’s secret goes to the gateway and to nobody else, and survives other changes', async () => {
  const secret = 'a secret of the upstream'
  const made = await addUpstream('secret', { auth: { type: 'bearer', secret } })
  expect(made).toMatchObject({ status: 201, body: { auth: { type: 'bearer', is_set: true } } })
  const patch = { token, body: { timeout_ms: 1234 } }
  expect((await call('PATCH', '/admin/upstreams/secret', patch)).status).toBe(200)
  const answers = [
    await call('GET', '/admin/upstreams', { token }),
    await call('GET', '/admin/upstreams/secret', { token }),
    await call('GET', '/admin/audit', { token }),
  ]
  expect(JSON.stringify(answers)).not.toContain(secret)
  await post('/admin/routes', { name: 'r', path: '/r/*', upstream: 'secret' })
  const { upstreams } = await loadRouting(app)
  expect(upstreams[0]).toMatchObject({
    timeoutMs: 1234,
    authHeaders: ['Authorization', `Bearer ${secret}`],
  })
})

test('an upstream whose secret was sealed with another one is left out, and the others are not', async () => {
  await addUpstream('plain')
  await post('/admin/routes', { name: 'p', path: '/p/*', upstream: 'plain' })
  const { upstreams } = await loadRouting({ ...app, secret: 'another secret than before' })
  const urls = upstreams.map(({ name, urls }) => [name, urls.length])
  expect(urls.sort()).toEqual([
    ['plain', 1],
    ['secret', 0],
  ])
})

test.each([
  [{ name: '' }, 'name'],
  [{ name: 'ups_01jdfq8r6v8k9x3mzb6n7p5w2c' }, 'name'],
  [{ url: 'ftp://example.com' }, 'url'],
  [{ url: 'http://user:password@example.com' }, 'url'],
  [{ url: 'http://example.com/?q' }, 'url'],
  [{ timeout_ms: 0 }, 'timeout_ms'],
  [{ auth: { type: 'header', header: 'X Y', secret: 's' } }, 'auth.header'],
  [{ auth: { type: 'bearer', secret: 'a\r\nb' } }, 'auth.secret'],
  [{ auth: { type: 'basic', secret: 'no colon' } }, 'auth.secret'],
])('the upstream %j is refused by its field', async (rest, path) => {
  const answer = await addUpstream('x', rest)
  expect(answer.body).toMatchObject({ code: 'validation_error', errors: [{ path }] })
})

test.each([
  [{ path: 'v1' }, 'path'],
  [{ path: '/a b' }, 'path'],
  [{ path: '/a/*/b' }, 'path'],
  [{ path: '/a/../b' }, 'path'],
  [{ path: '/a//b' }, 'path'],
  [{ path: '/é' }, 'path'],
  [{ path: '/%41' }, 'path'],
  [{ path: '/a/:' }, 'path'],
  [{ path: '/a/:id.json' }, 'path'],
  [{ path: '/:id/:id' }, 'path'],
  [{ path: '/:id', rewrite: '/b/:name' }, 'rewrite'],
  [{ path: '/admin/x' }, 'path'],
  [{ path: '/portal/x' }, 'path'],
  [{ rewrite: '/ü' }, 'rewrite'],
  [{ rewrite: '/a\r\nX-Injected: 1' }, 'rewrite'],
  [{ methods: ['BREW'] }, 'methods.0'],
  [{ host: 'example.com:80' }, 'host'],
  [{ upstream: 'nowhere' }, 'upstream'],
  [{ cors: ['example.com'] }, 'cors.0'],
  [{ credit_cost: -1 }, 'credit_cost'],
])('the route %j is refused by its field', async (rest, path) => {
  const answer = await post('/admin/routes', {
    ...{ name: 'x', path: '/x/*', upstream: 'plain' },
    ...rest,
  })
  expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([422, path])
})

test('the portal cannot be put over the routes of the API', async () => {
  await post('/admin/routes', { name: 'shop', path: '/shop/items/*', upstream: 'plain' })
  const move = (value: string) =>
    call('PUT', '/admin/settings/portal_base_path', { token, body: { value } })
  for (const value of ['/shop', '/shop/items']) {
    const answer = await move(value)
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([422, 'value'])
  }
  expect((await move('/sho')).status).toBe(200)
  await call('DELETE', '/admin/settings/portal_base_path', { token })
  await call('DELETE', '/admin/routes/shop', { token })
})

test('an upstream with routes stays, and a disabled one carries nothing', async () => {
  expect(await call('DELETE', '/admin/upstreams/plain', { token })).toMatchObject({ status: 409 })
  await call('PATCH', '/admin/upstreams/plain', { token, body: { enabled: false } })
  expect((await loadRouting(app)).upstreams.map(({ name }) => name)).toEqual(['secret'])
})

test('an origin that may call is kept as browsers send it, and what is none is refused', async () => {
  await addUpstream('browsers')
  const add = (name: string, cors: string[]) =>
    post('/admin/routes', { name, path: `/${name}/*`, upstream: 'browsers', cors })
  const made = await add('called', ['https://App.example.com/', '*'])
  expect(made).toMatchObject({ status: 201, body: { cors: ['https://app.example.com', '*'] } })
  const refused = await add('uncalled', ['https://app.example.com/page'])
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'cors.0' }] } })
})

test('addresses of an upstream are given in one way, also when they change', async () => {
  await addUpstream('moving')
  const url = 'http://localhost:1'
  const patch = (body: object) => call('PATCH', '/admin/upstreams/moving', { token, body })
  const both = await patch({ url, urls: ['http://localhost:2'] })
  expect(both).toMatchObject({ status: 422, body: { errors: [{ path: 'url' }] } })
  expect((await patch({ url })).body.urls).toEqual([url])
})
