import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundedFetch } from './bounded-fetch.ts'

const server = createServer((request, response) => {
  if (request.url === '/slow') return response.writeHead(200).write('{')
  if (request.url === '/away') return response.writeHead(302, { location: '/small' }).end()
  return response.end(request.url === '/small' ? 'ok' : 'x'.repeat(2000))
})
let base: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const limits = { timeoutMs: 5000, maxBytes: 1000 }

test('an answer that is too large, or whose end does not come, fails', async () => {
  const small = await boundedFetch(`${base}/small`, {}, limits)
  expect([small.status, await small.text()]).toEqual([200, 'ok'])
  await expect(boundedFetch(`${base}/large`, {}, limits)).rejects.toThrow('more than 1000 bytes')
  await expect(boundedFetch(`${base}/slow`, {}, { ...limits, timeoutMs: 200 })).rejects.toThrow(
    /timeout/,
  )
})

test('a redirect is an answer, and not followed', async () => {
  expect((await boundedFetch(`${base}/away`, {}, limits)).status).toBe(302)
})
