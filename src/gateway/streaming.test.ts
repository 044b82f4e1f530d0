import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aRoute, openGateway } from '../../test/gateway.ts'

test('each event arrives before the next one is sent', async () => {
  let sendNext = () => {}
  await using gateway = await openGateway({
    handler: async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let i = 0; i < 3; i++) {
        const received = new Promise<void>((resolve) => {
          sendNext = resolve
        })
        response.write(`data: ${i}\n\n`)
        await received
      }
      response.end()
    },
  })
  const answer = await fetch(gateway.url, { headers: { 'x-api-key': gateway.addKey() } })
  const events: string[] = []
  for await (const bytes of answer.body!) {
    events.push(Buffer.from(bytes).toString())
    sendNext()
  }
  expect(events).toEqual(['data: 0\n\n', 'data: 1\n\n', 'data: 2\n\n'])
})

test('large bodies pass both ways byte for byte, and are counted', async () => {
  await using gateway = await openGateway({
    handler: (request, response) => request.pipe(response),
  })
  const body = new Uint8Array(3_000_000).map((_, i) => (i * 7 + (i >> 8)) % 256)
  const answer = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'x-api-key': gateway.addKey() },
    body,
  })
  const back = new Uint8Array(await answer.arrayBuffer())
  expect(Buffer.compare(back, body)).toBe(0)
  const [row] = await gateway.recorded(1)
  expect(row).toMatchObject({ bytesIn: 3_000_000, bytesOut: 3_000_000 })
})

test('a small binary body comes through unharmed, and so do headers with several values', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  await using gateway = await openGateway({
    handler: (_, response) => {
      response.writeHead(
        200,
        [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
          ['Content-Length', '256'],
          ['X-RateLimit-Limit', '7'],
        ].flat(),
      )
      response.end(bytes)
    },
  })
  const answer = await fetch(gateway.url, {
    headers: { 'x-api-key': gateway.addKey({ planRateLimit: 10 }) },
  })
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(answer.headers.get('x-ratelimit-limit')).toBe('10')
})

test('HEAD, 204 and 304 come without a body, and the connection stays usable', async () => {
  await using gateway = await openGateway({
    handler: (request, response) => {
      response.writeHead(
        request.url === '/204' ? 204 : request.url === '/304' ? 304 : 200,
        request.method === 'HEAD' ? { 'content-length': '5' } : {},
      )
      response.end()
    },
  })
  const headers = { 'x-api-key': gateway.addKey() }
  const head = await fetch(gateway.url, { method: 'HEAD', headers })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '5'])
  expect((await fetch(`${gateway.url}/204`, { headers })).status).toBe(204)
  expect((await fetch(`${gateway.url}/304`, { headers })).status).toBe(304)
})

/** An upstream that speaks a protocol of its own after an upgrade: it says everything back in capitals. */
async function startShouter() {
  const server = createServer()
  server.on('upgrade', (_request, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n',
    )
    socket.on('data', (data) => socket.write(String(data).toUpperCase()))
    socket.on('end', () => socket.end())
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

test('an upgraded connection passes both ways, under the same doors, and is metered when it closes', async () => {
  const server = await startShouter()
  const address = server.address() as { port: number }
  await using gateway = await openGateway({
    upstream: { urls: [`http://127.0.0.1:${address.port}`] },
  })
  const key = gateway.addKey({ planRateLimit: 1 })
  const talk = (say: string, withKey: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(gateway.port, '127.0.0.1', () => {
        socket.write(
          `GET /live HTTP/1.1\r\nHost: x\r\nX-API-Key: ${withKey}\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n`,
        )
      })
      let heard = ''
      socket.on('data', (data) => {
        heard += data
        if (heard.includes('101') && !heard.includes(say.toUpperCase())) socket.write(say)
        else socket.end()
      })
      socket.on('close', () => resolve(heard))
      socket.on('error', () => resolve(heard))
    })
  expect(await talk('hello', key)).toMatch(/101 Switching Protocols[\s\S]*HELLO/)
  expect(await talk('hello', key)).toMatch(/^HTTP\/1\.1 429[\s\S]*rate_limit_exceeded/)
  expect(await talk('hello', 'nonsense')).toMatch(/^HTTP\/1\.1 401[\s\S]*invalid_api_key/)
  const rows = await gateway.recorded(2)
  expect(rows.map((row) => [row.status, row.outcome, row.bytesIn])).toEqual(
    expect.arrayContaining([
      [101, 'forwarded', 5],
      [429, 'refused', 0],
    ]),
  )
  server.close()
})

test('a page of an allowed origin may call, and asks first without a key; another may not', async () => {
  await using gateway = await openGateway({
    routes: [aRoute({ cors: ['https://app.example'], methods: ['GET', 'POST'] })],
  })
  const ask = (origin: string) =>
    fetch(gateway.url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key',
      },
    })
  const allowed = await ask('https://app.example')
  expect([
    allowed.status,
    allowed.headers.get('access-control-allow-origin'),
    allowed.headers.get('access-control-allow-headers'),
  ]).toEqual([204, 'https://app.example', 'x-api-key'])
  const denied = await ask('https://evil.example')
  expect([denied.status, denied.headers.get('access-control-allow-origin')]).toEqual([403, null])
  const call = await fetch(gateway.url, {
    headers: { origin: 'https://app.example', 'x-api-key': gateway.addKey() },
  })
  expect(call.headers.get('access-control-allow-origin')).toBe('https://app.example')
  expect(call.headers.get('access-control-expose-headers')).toContain('X-Quota-Remaining')
  expect(gateway.upstream.seen.length).toBe(1)
})

test('the client’s address is believed from the right, and only behind a trusted proxy', async () => {
  await using gateway = await openGateway({
    snapshot: { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] },
  })
  const key = gateway.addKey({ ipAllowlist: ['203.0.113.9'] })
  const ask = (forwarded: string) =>
    fetch(gateway.url, { headers: { 'x-api-key': key, 'x-forwarded-for': forwarded } })
  expect((await ask('203.0.113.9')).status).toBe(200)
  expect((await ask('198.51.100.1, 203.0.113.9, 10.1.2.3')).status).toBe(200)
  expect((await ask('203.0.113.9, 198.51.100.1')).status).toBe(403)
  await using open = await openGateway()
  const closed = open.addKey({ ipAllowlist: ['203.0.113.9'] })
  expect(
    (await fetch(open.url, { headers: { 'x-api-key': closed, 'x-forwarded-for': '203.0.113.9' } }))
      .status,
  ).toBe(403)
})

test('the front door is told every hop: a program here is not one that a proxy here calls for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'apigate-door-'))
  const frontDoorSocket = join(folder, 'door.sock')
  const door = createServer((request, response) =>
    response.end(String(request.headers['x-forwarded-for'])),
  )
  door.on('upgrade', (request, socket) =>
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n${request.headers['x-forwarded-for']}`,
    ),
  )
  await new Promise<void>((resolve) => door.listen(frontDoorSocket, resolve))
  await using gateway = await openGateway({ frontDoorSocket })
  const ask = async (headers: Record<string, string>) =>
    (await fetch(`${gateway.url}/portal`, { headers })).text()
  expect(await ask({})).toBe('127.0.0.1')
  expect(await ask({ 'x-forwarded-for': '203.0.113.9' })).toBe('203.0.113.9, 127.0.0.1')
  const live = connect(gateway.port, '127.0.0.1')
  live.write('GET /portal/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  let heard = ''
  for await (const chunk of live) heard += chunk
  expect(heard).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n127\.0\.0\.1$/)
  door.close()
  rmSync(folder, { recursive: true })
})

test('a gateway that closes lets an answer under way end, and does not wait for its connection to be left', async () => {
  const arrived = Promise.withResolvers<void>()
  const answering = Promise.withResolvers<void>()
  await using gateway = await openGateway({
    handler: async (_, response) => {
      arrived.resolve()
      await answering.promise
      response.end('whole')
    },
  })
  const answer = fetch(gateway.url, { headers: { 'x-api-key': gateway.addKey() } })
  await arrived.promise
  const began = performance.now()
  const stopped = gateway.control.stop()
  answering.resolve()
  expect(await (await answer).text()).toBe('whole')
  await stopped
  expect(performance.now() - began).toBeLessThan(3000)
})
