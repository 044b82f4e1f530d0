import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'
import type { AppError } from '../../core/errors.ts'
import { createFrontDoor } from '../server.ts'

test('a stranger’s address has its calls a minute, then waits; others and the signed-in go on', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const ask = (ip: string, token?: string) => call('GET', '/api/portal/profile', { ip, token })
  const first = await ask('2001:db8::1')
  expect(first.status).toBe(401)
  expect(first.headers.get('ratelimit-policy')).toBe('"caller";q=120;w=60')
  expect(first.headers.get('ratelimit')).toBe('"caller";r=119;t=60')
  // Other addresses of the same /64 are the same stranger.
  const rest = await Promise.all(Array.from({ length: 119 }, (_, i) => ask(`2001:db8::${i + 2}`)))
  expect(rest.filter(({ status }) => status === 401)).toHaveLength(119)
  const refused = await ask('2001:db8::1')
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused.headers.get('ratelimit')).toMatch(/^"caller";r=0;t=\d+$/)

  expect((await ask('2001:db8:0:1::1')).status).toBe(401)
  const token = await signInAs(app, await makeCustomer(app))
  const signedIn = await ask('2001:db8::1', token)
  expect(signedIn.status).toBe(200)
  expect(signedIn.headers.get('ratelimit-policy')).toBe('"caller";q=600;w=60')
  expect((await call('GET', '/healthz', { ip: '2001:db8::1' })).headers.has('ratelimit')).toBe(
    false,
  )
})

test('a person’s calls count together, by whatever session', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  const tokens = [await signInAs(app, ada), await signInAs(app, ada)]
  const left = []
  for (const token of tokens)
    left.push((await call('GET', '/api/portal/profile', { token })).headers.get('ratelimit'))
  expect(left).toEqual(['"caller";r=599;t=60', '"caller";r=598;t=60'])
})

test('pages are read freely, and a form too many is refused on its page', async () => {
  await using app = await createTestApp()
  const refusals: (AppError | undefined)[] = []
  const door = createFrontDoor(app, {
    ...{ apis: [], version: '' },
    pages: async (_c, _base, refusal) => {
      refusals.push(refusal)
      return new Response('', { status: refusal?.status ?? 200 })
    },
  })
  const send = (method: string) =>
    door.request('/portal/login', { method, headers: { 'x-forwarded-for': '203.0.113.5' } })
  for (let i = 0; i < 130; i++) expect((await send('GET')).status).toBe(200)
  for (let i = 0; i < 120; i++) expect((await send('POST')).status).toBe(200)
  const refused = await send('POST')
  expect(refused.status).toBe(429)
  expect(refused.headers.get('ratelimit-policy')).toBe('"caller";q=120;w=60')
  expect(refusals.at(-1)?.code).toBe('too_many_requests')
  expect((await send('GET')).status).toBe(200)
})
