import { Agent, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRouter } from '../core/http/router.ts'
import { createDoorServer } from './door-server.ts'

const door = createRouter()
// To look whether there is a body opens a stream that waits for its reader.
door.delete('/unread', (c) => c.body(null, c.req.raw.body ? 204 : 500))
door.post('/half-read', async (c) => {
  await c.req.raw.body!.getReader().read()
  return c.json({ error: 'too large' }, 413)
})
door.post('/', async (c) => c.json(await c.req.json()))

const server = createDoorServer(door)
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  agent.destroy()
  server.close()
})

function ask(method: string, path: string, body: string) {
  const { port } = server.address() as AddressInfo
  return new Promise<{ status: number; isSameConnection: boolean }>((resolve, reject) => {
    const headers = { 'content-length': body.length }
    const request = send({ port, host: '127.0.0.1', agent, method, path, headers })
    request.on('error', reject)
    request.on('response', (response: IncomingMessage) => {
      response.resume()
      response.on('end', () =>
        resolve({ status: response.statusCode!, isSameConnection: request.reusedSocket }),
      )
    })
    request.end(body)
  })
}

test.each([
  ['DELETE', '/unread', 204],
  ['POST', '/half-read', 413],
])(
  'a body that %s %s leaves unread costs the next request nothing',
  async (method, path, status) => {
    expect((await ask(method, path, 'x'.repeat(200_000))).status).toBe(status)
    for (const pause of [0, 700]) {
      await new Promise((resolve) => setTimeout(resolve, pause))
      expect(await ask('POST', '/', '{}')).toEqual({ status: 200, isSameConnection: true })
    }
  },
)
