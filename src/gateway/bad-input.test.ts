import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { aRoute, openGateway, type UpstreamHandler } from '../../test/gateway.ts'

/** Sends bytes as they are, and returns what comes back until the connection closes or a second is over. */
function sendRaw(port: number, ...parts: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', async () => {
      for (const part of parts) {
        socket.write(part)
        await new Promise((next) => setTimeout(next, 20))
      }
    })
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    const done = () => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('close', done)
    socket.on('error', done)
    setTimeout(done, 1500)
  })
}

const codeOf = (answer: string) => /"code":"(\w+)"/.exec(answer)?.[1]
const statusOf = (answer: string) => Number(answer.split(' ')[1])

test('what the parser refuses is answered as a problem, and the gateway goes on', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey()
  const cases: [string, number, string][] = [
    ['NONSENSE\r\n\r\n', 400, 'bad_request'],
    ['GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n', 400, 'bad_request'],
    [
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'bad_request',
    ],
    [
      `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(1_000_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [`GET /${'a'.repeat(60_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414, 'uri_too_long'],
    [`GET / HTTP/1.1\r\nX-API-Key: ${key}\r\nConnection: close\r\n\r\n`, 400, 'bad_request'],
    ['GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
    ['GET /portal HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
    [
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nConnection: close\r\n\r\n',
      417,
      'bad_request',
    ],
    ['GET /a/../b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400, 'bad_request'],
  ]
  for (const [bytes, status, code] of cases) {
    const answer = await sendRaw(gateway.port, bytes)
    expect([statusOf(answer), codeOf(answer)], bytes.slice(0, 60)).toEqual([status, code])
    expect(answer).toMatch(/^X-Request-ID: req_/m)
  }
  expect((await fetch(gateway.url, { headers: { 'x-api-key': key } })).status).toBe(200)
  expect(gateway.upstream.seen.length).toBe(1)
})

test('a body over the limit is refused, whether it says its length or not', async () => {
  await using gateway = await openGateway({
    routes: [aRoute({ maxBodyBytes: 1000 })],
    handler: (request, response) => request.on('end', () => response.end('ok')).resume(),
  })
  const key = gateway.addKey()
  const send = (body: BodyInit, extra: object = {}) =>
    fetch(gateway.url, { method: 'POST', headers: { 'x-api-key': key }, body, ...extra })
  expect((await send('x'.repeat(1000))).status).toBe(200)
  const tooLong = await send('x'.repeat(1001))
  expect([tooLong.status, (await tooLong.json()).code]).toEqual([413, 'payload_too_large'])
  const stream = new ReadableStream({
    start: (controller) => {
      for (let i = 0; i < 20; i++) controller.enqueue(new Uint8Array(500))
      controller.close()
    },
  })
  const streamed = await send(stream, { duplex: 'half' })
  expect([streamed.status, (await streamed.json()).code]).toEqual([413, 'payload_too_large'])
})

test('an upstream that is down, slow, or breaks off gets its own code, and nothing is miscounted', async () => {
  const handler: UpstreamHandler = (request, response) => {
    if (request.url === '/slow') return
    if (request.url === '/reset') return void request.socket.destroy()
    if (request.url === '/short') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('only this')
      return void setTimeout(() => request.socket.destroy(), 30)
    }
    if (request.url === '/chunked-cut') {
      response.write('first')
      return void setTimeout(() => request.socket.destroy(), 30)
    }
    response.end('fine')
  }
  await using gateway = await openGateway({ handler, upstream: { timeoutMs: 600 } })
  const key = gateway.addKey({ quota: 100 })
  const ask = async (path: string) => {
    const answer = await fetch(gateway.url + path, { headers: { 'x-api-key': key } })
    return [answer.status, ((await answer.json()) as { code: string }).code]
  }
  expect(await ask('/slow')).toEqual([504, 'upstream_timeout'])
  expect(await ask('/reset')).toEqual([502, 'upstream_unreachable'])
  for (const path of ['/short', '/chunked-cut']) {
    const answer = await fetch(gateway.url + path, { headers: { 'x-api-key': key } })
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
  }
  await gateway.upstream.stop()
  expect(await ask('/gone')).toEqual([502, 'upstream_unreachable'])
  const rows = await gateway.recorded(5)
  expect(rows.map((row) => [row.path, row.status, row.errorCode, row.outcome])).toEqual([
    ['/slow', 504, 'upstream_timeout', 'forwarded'],
    ['/reset', 502, 'upstream_unreachable', 'forwarded'],
    ['/short', 200, 'upstream_aborted', 'forwarded'],
    ['/chunked-cut', 200, 'upstream_aborted', 'forwarded'],
    ['/gone', 502, 'upstream_unreachable', 'refused'],
  ])
})

test('a request that never reached the upstream gives its place in the quota back', async () => {
  await using gateway = await openGateway()
  const key = gateway.addKey({ quota: 2 })
  const ask = () => fetch(gateway.url, { headers: { 'x-api-key': key } })
  expect((await ask()).headers.get('x-quota-used')).toBe('1')
  const { port } = new URL(gateway.upstream.url)
  await gateway.upstream.stop()
  for (let i = 0; i < 3; i++) expect((await ask()).status).toBe(502)
  const { createServer } = await import('node:http')
  const again = createServer((_, response) => response.end('back'))
  await new Promise<void>((resolve) => again.listen(Number(port), '127.0.0.1', resolve))
  expect((await ask()).status).toBe(200)
  expect((await ask()).status).toBe(429)
  again.closeAllConnections()
  again.close()
})

test('a full upstream is left alone', async () => {
  const waiting: (() => void)[] = []
  await using gateway = await openGateway({
    upstream: { maxConcurrency: 2 },
    handler: (_, response) => void waiting.push(() => response.end('ok')),
  })
  const key = gateway.addKey({ quota: 10 })
  const ask = () => fetch(gateway.url, { headers: { 'x-api-key': key } })
  const slow = [ask(), ask()]
  while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 10))
  const refused = await ask()
  expect([refused.status, (await refused.json()).code, refused.headers.get('retry-after')]).toEqual(
    [503, 'upstream_overloaded', '1'],
  )
  for (const answer of waiting) answer()
  expect((await Promise.all(slow)).map((answer) => answer.status)).toEqual([200, 200])
  waiting.length = 0
  const next = ask()
  while (waiting.length < 1) await new Promise((resolve) => setTimeout(resolve, 10))
  waiting[0]!()
  expect((await next).headers.get('x-quota-used')).toBe('3')
})

test('a client that leaves ends the request at the upstream too, and is recorded as gone', async () => {
  let isClosed = false
  await using gateway = await openGateway({
    handler: (request, response) => {
      response.write('begin')
      request.socket.on('close', () => {
        isClosed = true
      })
    },
  })
  const key = gateway.addKey()
  const controller = new AbortController()
  const answer = await fetch(gateway.url, {
    headers: { 'x-api-key': key },
    signal: controller.signal,
  })
  expect(answer.status).toBe(200)
  controller.abort()
  const [row] = await gateway.recorded(1)
  expect(row).toMatchObject({ status: 499, outcome: 'forwarded' })
  await expect.poll(() => isClosed).toBe(true)
})

test('a body cut off by the client reaches nobody as a whole one', async () => {
  let wasWhole = false
  await using gateway = await openGateway({
    handler: (request, response) => {
      request.on('end', () => {
        wasWhole = true
        response.end('ok')
      })
      request.resume()
    },
  })
  const key = gateway.addKey()
  const head = `POST / HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Length: 1000\r\n\r\n`
  const socket = connect(gateway.port, '127.0.0.1', () => socket.write(`${head}only this`))
  await new Promise((resolve) => setTimeout(resolve, 200))
  socket.destroy()
  const [row] = await gateway.recorded(1)
  expect(row).toMatchObject({ status: 499, outcome: 'forwarded' })
  expect(wasWhole).toBe(false)
})
