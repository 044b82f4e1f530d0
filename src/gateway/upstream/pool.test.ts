import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { generate } from 'selfsigned'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type UpstreamLink, type UpstreamRequest, UpstreamTimeout } from './connection.ts'
import { createUpstreamPool } from './pool.ts'

/** A server of bare bytes: `answer` has each piece of what arrives, and the connection's number. */
async function listenRaw(answer: (socket: Socket, data: string, connection: number) => void) {
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    const number = sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => answer(socket, data.toString('latin1'), number))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pool = createUpstreamPool(
    new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  )
  onTestFinished(() => {
    pool.destroy()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { pool, sockets }
}

type Answer = { status: number; headers: string[]; body: string }

/** Sends one request; resolves with the answer. `on` hears of it as it goes. */
function send(
  pool: ReturnType<typeof createUpstreamPool>,
  options: Partial<UpstreamRequest> & { onLink?: (link: UpstreamLink) => void } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { onLink, ...rest } = options
    const method = rest.method ?? 'GET'
    const answer: Answer = { status: 0, headers: [], body: '' }
    pool.send({
      method,
      head: `${method} / HTTP/1.1\r\nHost: test\r\n\r\n`,
      body: null,
      isBodyChunked: false,
      timeoutMs: 5000,
      onSend: (link) => {
        onLink?.(link)
        return true
      },
      onBodySent: () => {},
      onHead: (status, headers) => Object.assign(answer, { status, headers }),
      onData: (chunk) => {
        answer.body += chunk.toString('latin1')
        return true
      },
      onEnd: () => resolve(answer),
      onError: reject,
      ...rest,
    })
  })
}

const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const turn = () => pause(20)

test('requests that follow each other share a connection, those at once do not', async () => {
  const { pool, sockets } = await listenRaw((socket) => socket.write(hello))
  for (let i = 0; i < 3; i++) expect((await send(pool)).body).toBe('hello')
  expect(sockets.length).toBe(1)
  await Promise.all([send(pool), send(pool), send(pool)])
  expect(sockets.length).toBe(3)
})

test('a connection is not used again after "close", or after bytes that nobody asked for', async () => {
  for (const answer of [
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
    `${hello}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged`,
  ]) {
    const { pool, sockets } = await listenRaw((socket) => socket.write(answer))
    for (let i = 0; i < 3; i++) {
      expect((await send(pool)).body).toBe('hello')
      await turn()
    }
    expect(sockets.length).toBe(3)
  }
})

test('a forged answer on an idle connection reaches nobody', async () => {
  const { pool, sockets } = await listenRaw((socket) => socket.write(hello))
  await send(pool)
  sockets[0]!.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged')
  await turn()
  expect((await send(pool)).body).toBe('hello')
  expect(sockets.length).toBe(2)
})

test('a request that an old connection left unanswered goes again, if it may be repeated', async () => {
  const seen: string[] = []
  const { pool } = await listenRaw((socket, data, connection) => {
    seen.push(`${connection} ${data.slice(0, 4).trim()}`)
    const isOld = connection === 1 && seen.length > 1
    if (isOld) socket.resetAndDestroy()
    else socket.write(hello)
  })
  await send(pool)
  expect((await send(pool)).body).toBe('hello')
  expect(seen).toEqual(['1 GET', '1 GET', '2 GET'])
})

test.each([
  ['POST', (socket: Socket) => socket.resetAndDestroy()],
  ['GET', (socket: Socket) => socket.end('HTTP/1.1 2')],
])('%s goes once when the old connection breaks off', async (method, cut) => {
  let count = 0
  const { pool } = await listenRaw((socket) => {
    count += 1
    if (count === 1) socket.write(hello)
    else cut(socket)
  })
  await send(pool)
  await expect(send(pool, { method })).rejects.toThrow()
  expect(count).toBe(2)
})

test('an answer that breaks off is an error, and so is one that is none', async () => {
  for (const answer of ['HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello', 'hello\r\n\r\n']) {
    const { pool } = await listenRaw((socket) => socket.end(answer))
    await expect(send(pool)).rejects.toThrow()
  }
})

test('a body without a length ends with the connection', async () => {
  const { pool } = await listenRaw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'))
  expect((await send(pool)).body).toBe('hello')
})

test('a head that does not come in time is a timeout, a body may take longer', async () => {
  const { pool } = await listenRaw((socket, data) => {
    if (data.startsWith('POST')) return
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')
    setTimeout(() => socket.write('hello'), 150)
  })
  expect((await send(pool, { timeoutMs: 60 })).body).toBe('hello')
  const started = performance.now()
  await expect(send(pool, { method: 'POST', timeoutMs: 60 })).rejects.toBeInstanceOf(
    UpstreamTimeout,
  )
  expect(performance.now() - started).toBeGreaterThan(55)
})

test('a connection that does not come up takes no longer than the answer may', async () => {
  const silent = createTcpServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const pool = createUpstreamPool(new URL(`https://127.0.0.1:${port}`))
  onTestFinished(() => {
    pool.destroy()
    silent.close()
  })
  const started = performance.now()
  await expect(send(pool, { timeoutMs: 60 })).rejects.toBeInstanceOf(UpstreamTimeout)
  expect(performance.now() - started).toBeLessThan(3000)
})

test('an upstream that is not there is an error', async () => {
  const pool = createUpstreamPool(new URL('http://127.0.0.1:1'))
  await expect(send(pool)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('an upstream that sends faster than it is read is held back', async () => {
  const size = 30_000_000
  let written = 0
  const { pool } = await listenRaw((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
    const piece = Buffer.alloc(100_000)
    const more = () => {
      while (written < size) {
        written += piece.length
        if (!socket.write(piece)) return
      }
    }
    socket.on('drain', more)
    more()
  })
  let link: UpstreamLink | undefined
  let received = 0
  const done = send(pool, {
    onLink: (found) => {
      link = found
    },
    onData: (chunk) => {
      received += chunk.length
      return false
    },
  })
  await pause(200)
  expect(received).toBeLessThan(100_000)
  expect(written).toBeLessThan(size)
  const pump = setInterval(() => {
    for (let i = 0; i < 100; i++) link!.resume()
  })
  await done
  clearInterval(pump)
  expect(received).toBe(size)
})

/** A client's request as node gives it, with a body that the test writes. */
function makeBody(): PassThrough & IncomingMessage {
  return new PassThrough() as unknown as PassThrough & IncomingMessage
}

test('a body goes out as it comes, in chunks when its length is not known', async () => {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    response.end(
      `${request.headers['transfer-encoding'] ?? request.headers['content-length']} ${text}`,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pool = createUpstreamPool(
    new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  )
  onTestFinished(() => {
    pool.destroy()
    server.close()
  })
  for (const [framing, isBodyChunked] of [
    ['Content-Length: 11', false],
    ['Transfer-Encoding: chunked', true],
  ] as const) {
    const body = makeBody()
    const answer = send(pool, {
      method: 'POST',
      head: `POST / HTTP/1.1\r\nHost: test\r\n${framing}\r\n\r\n`,
      body,
      isBodyChunked,
    })
    body.write('hello ')
    await turn()
    body.end('world')
    expect((await answer).body).toBe(`${isBodyChunked ? 'chunked' : '11'} hello world`)
  }
})

test('an upstream that answers before it has read the body costs the connection only', async () => {
  const { pool, sockets } = await listenRaw((socket) => socket.write(hello))
  const body = makeBody()
  const answer = send(pool, {
    method: 'POST',
    head: 'POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n',
    body,
  })
  body.write('a part')
  expect((await answer).body).toBe('hello')
  body.end('the rest')
  await turn()
  expect(body.readableEnded).toBe(true)
  expect((await send(pool)).body).toBe('hello')
  expect(sockets.length).toBe(2)
})

test('a request that is called off before it is sent reaches nobody, and the next one uses its connection', async () => {
  const seen: string[] = []
  const { pool, sockets } = await listenRaw((socket, data) => {
    seen.push(data.slice(0, 4).trim())
    socket.write(hello)
  })
  void send(pool, { method: 'PUT', onSend: () => false })
  await vi.waitFor(() => expect(sockets.length).toBe(1))
  await turn()
  await send(pool)
  expect(seen).toEqual(['GET'])
  expect(sockets.length).toBe(1)
})

test('an idle connection is closed a second before the upstream would', async () => {
  const { pool, sockets } = await listenRaw((socket) =>
    socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n'),
  )
  await send(pool)
  await send(pool)
  expect(sockets.length).toBe(2)
})

test('https with a certificate that is not trusted is refused, and with one that is works again and again', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
  const server = createTlsServer({ key, cert }, (_, response) => response.end('secret'))
  server.listen(0)
  await once(server, 'listening')
  const address = new URL(`https://localhost:${(server.address() as AddressInfo).port}`)
  const strict = createUpstreamPool(address)
  const pool = createUpstreamPool(address, { ca: cert })
  onTestFinished(() => {
    strict.destroy()
    pool.destroy()
    server.close()
  })
  await expect(send(strict)).rejects.toThrow(/self.signed/i)
  for (let i = 0; i < 3; i++) expect((await send(pool)).body).toContain('secret')
})
