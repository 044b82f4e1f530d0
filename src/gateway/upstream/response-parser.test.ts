import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError, ResponseParser } from './response-parser.ts'

type Heard = { heads: { status: number; headers: string[] }[]; body: string; ended: number }

function listen() {
  const heard: Heard = { heads: [], body: '', ended: 0 }
  const parser = new ResponseParser({
    onHead: (status, headers) => heard.heads.push({ status, headers }),
    onData: (chunk) => {
      heard.body += chunk.toString('latin1')
    },
    onEnd: () => {
      heard.ended += 1
    },
  })
  return { parser, heard }
}

/** What is heard of one response whose bytes arrive in pieces of the given lengths. */
function hear(text: string, { method = 'GET', pieces = [] as number[], isClosed = false } = {}) {
  const { parser, heard } = listen()
  parser.begin(method)
  const bytes = Buffer.from(text, 'latin1')
  let at = 0
  for (const length of [...pieces, bytes.length]) {
    parser.push(bytes.subarray(at, at + length))
    at = Math.min(bytes.length, at + length)
  }
  if (isClosed) parser.close()
  return { ...heard, isReusable: parser.isReusable }
}

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`

test('a body of known length, and a connection that goes on', () => {
  const text = `${lines('HTTP/1.1 200 OK', 'Content-Length:  5 ', 'Set-Cookie: a=1', 'set-cookie: b=2', 'X-Empty:')}hello`
  expect(hear(text)).toEqual({
    heads: [
      {
        status: 200,
        headers: [
          ...['Content-Length', '5', 'Set-Cookie', 'a=1', 'set-cookie', 'b=2'],
          ...['X-Empty', ''],
        ],
      },
    ],
    body: 'hello',
    ended: 1,
    isReusable: true,
  })
})

test('chunks with extensions and trailers are one body', () => {
  const text = `${lines('HTTP/1.1 200 OK', 'Transfer-Encoding: Chunked')}5;a="b"\r\nhello\r\nA \r\n, my world\r\n0\r\nX-Trailer: 1\r\n\r\n`
  expect(hear(text)).toMatchObject({ body: 'hello, my world', ended: 1, isReusable: true })
})

test('a body without a length lasts until the connection closes', () => {
  const text = `${lines('HTTP/1.1 200 OK')}all that comes`
  expect(hear(text)).toMatchObject({ body: 'all that comes', ended: 0 })
  expect(hear(text, { isClosed: true })).toMatchObject({ ended: 1, isReusable: false })
})

test.each([
  ['HEAD', 'HTTP/1.1 200 OK'],
  ['GET', 'HTTP/1.1 204 No Content'],
  ['GET', 'HTTP/1.1 304 Not Modified'],
])('%s with "%s" has no body whatever its head says', (method, status) => {
  for (const framing of ['Content-Length: 5', 'Transfer-Encoding: chunked', 'X: 1']) {
    expect(hear(lines(status, framing), { method })).toMatchObject({ body: '', ended: 1 })
  }
})

test('informational responses are passed over', () => {
  const text = `${lines('HTTP/1.1 100 Continue')}${lines('HTTP/1.1 103 Early Hints', 'Link: </a>')}${lines('HTTP/1.1 201', 'Content-Length: 0')}`
  expect(hear(text)).toMatchObject({ heads: [{ status: 201 }], ended: 1 })
})

test.each([
  ['HTTP/1.0 200 OK', 'Content-Length: 0', false],
  ['HTTP/1.0 200 OK', 'Connection: keep-alive', true],
  ['HTTP/1.1 200 OK', 'Connection: close', false],
  ['HTTP/1.1 200 OK', 'Connection: Keep-Alive', true],
])('%s with %s: used again %s', (status, header, isReusable) => {
  const text = lines(status, header, ...(header.startsWith('Content') ? [] : ['Content-Length: 0']))
  expect(hear(text)).toMatchObject({ ended: 1, isReusable })
})

test('bytes behind the end cost the connection, not the response', () => {
  const text = `${lines('HTTP/1.1 200 OK', 'Content-Length: 2')}okHTTP/1.1 200 forged`
  const { parser, heard } = listen()
  parser.begin('GET')
  expect(() => parser.push(Buffer.from(text))).toThrow(ProtocolError)
  expect(heard).toMatchObject({ body: 'ok', ended: 1 })
  expect(parser.isReusable).toBe(false)
})

const ok = 'HTTP/1.1 200 OK'
test.each([
  ['no response', 'hello\r\n\r\n'],
  ['another protocol', 'HTTP/2 200 OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['switching protocols that nobody asked for', lines('HTTP/1.1 101 Switching', 'Upgrade: h2c')],
  ['status 000', lines('HTTP/1.1 000 Nothing')],
  ['a folded line', lines(ok, 'X-A: 1\r\n 2', 'Content-Length: 0')],
  ['a space before the colon', lines(ok, 'Transfer-Encoding : chunked')],
  ['a name with a space', lines(ok, 'X A: 1')],
  ['a line without a colon', lines(ok, 'nothing')],
  ['an empty name', lines(ok, ': 1')],
  ['a bare line feed', lines(ok, 'X-A: 1\nContent-Length: 0')],
  ['a bare carriage return', lines(ok, 'X-A: 1\rContent-Length: 0')],
  ['a NUL', lines(ok, 'X-A: \0')],
  ['two lengths', lines(ok, 'Content-Length: 1', 'Content-Length: 2')],
  ['a length and chunks', lines(ok, 'Content-Length: 1', 'Transfer-Encoding: chunked')],
  ['a negative length', lines(ok, 'Content-Length: -1')],
  ['a length with a sign', lines(ok, 'Content-Length: +1')],
  ['a length in hexadecimal', lines(ok, 'Content-Length: 0x5')],
  ['a list of lengths', lines(ok, 'Content-Length: 5, 5')],
  ['an endless length', lines(ok, `Content-Length: ${'9'.repeat(40)}`)],
  ['an unknown coding', lines(ok, 'Transfer-Encoding: gzip, chunked')],
  ['chunks twice', lines(ok, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  ['a chunk without a size', `${lines(ok, 'Transfer-Encoding: chunked')}\r\nhello`],
  ['a chunk of a negative size', `${lines(ok, 'Transfer-Encoding: chunked')}-5\r\nhello`],
  ['a chunk of an absurd size', `${lines(ok, 'Transfer-Encoding: chunked')}${'f'.repeat(20)}\r\n`],
  ['a chunk that is longer', `${lines(ok, 'Transfer-Encoding: chunked')}2\r\nhello\r\n`],
  ['a bare line feed after a size', `${lines(ok, 'Transfer-Encoding: chunked')}5\nhello\r\n`],
  ['a line that never ends', `${lines(ok, 'Transfer-Encoding: chunked')}5;${'x'.repeat(5000)}`],
  [
    'trailers without end',
    `${lines(ok, 'Transfer-Encoding: chunked')}0\r\n${'X: 1\r\n'.repeat(200)}`,
  ],
  ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`],
])('refuses %s', (_, text) => {
  expect(() => hear(text)).toThrow(ProtocolError)
  expect(() => hear(text, { pieces: Array(text.length).fill(1) })).toThrow(ProtocolError)
})

test('a response is heard the same however its bytes arrive', () => {
  const name = fc.stringMatching(/^[A-Za-z!#$%&'*+.^_`|~-]{1,12}$/).map((text) => `X-${text}`)
  const value = fc.stringMatching(/^[!-~\x80-\xff]([ -~\x80-\xff]{0,20}[!-~\x80-\xff])?$/)
  const body = fc
    .uint8Array({ maxLength: 300 })
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
  const chunked = fc.array(
    body.filter((text) => text !== ''),
    { maxLength: 5 },
  )
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, value), { maxLength: 8 }),
      fc.oneof(body, chunked),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
      fc.boolean(),
      (headers, content, pieces, hasInformation) => {
        const isChunked = Array.isArray(content)
        const framing = isChunked
          ? 'Transfer-Encoding: chunked'
          : `Content-Length: ${content.length}`
        const sent = isChunked
          ? `${content.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`
          : content
        const head = lines(ok, ...headers.map(([key, text]) => `${key}: ${text}`), framing)
        const before = hasInformation ? lines('HTTP/1.1 102 Processing') : ''
        const heard = hear(before + head + sent, { pieces })
        const plain = isChunked ? content.join('') : content
        expect(heard).toMatchObject({ body: plain, ended: 1, isReusable: true })
        expect(heard.heads[0]!.headers.slice(0, -2)).toEqual(headers.flat())
      },
    ),
    { numRuns: 500 },
  )
})
