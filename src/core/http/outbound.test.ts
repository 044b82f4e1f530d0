import { createSocket } from 'node:dgram'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertOutside, callOutside } from './outbound.ts'
import { isPublicAddress } from './public-address.ts'
import { createResolve, type Resolve } from './resolve-name.ts'

const inside = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.100.100.200'],
  ...['100.127.255.255', '127.0.0.1', '127.255.255.254', '168.63.129.16', '169.254.169.254'],
  ...['169.254.170.2', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.0.192', '192.0.2.1'],
  ...['192.31.196.1', '192.52.193.1', '192.88.99.1', '192.168.0.1', '192.175.48.1', '198.18.0.1'],
  ...['198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1'],
  ...[
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::8.8.8.8',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
  ],
  ...['::ffff:0:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::a00:1', '100::1'],
  ...['2001::1', '2001:2::1', '2001:10::1', '2001:20::1', '2001:db8::1', '2002:7f00:1::'],
  ...['2002:c0a8:1::1', '3fff::1', '5f00::1', '4000::1', 'fc00::1', 'fd00:ec2::254'],
  ...['fd20:ce::254', 'fe80::1', 'fe80::1%eth0', '2606:4700::1%1', 'fec0::1', 'ff02::1', 'ff0e::1'],
]
const outside = ['1.1.1.1', '8.8.8.8', '93.184.215.14', '172.32.0.1', '2606:4700::1111', '2a00::1']

test('of the addresses there are, only public ones pass', () => {
  expect(inside.filter(isPublicAddress)).toEqual([])
  expect(outside.filter((address) => !isPublicAddress(address))).toEqual([])
  expect(['', 'localhost', '1.2.3', '08.8.8.8x'].filter(isPublicAddress)).toEqual([])
})

/** A receiver on loopback that counts who comes. */
const calls: string[] = []
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  calls.push(request.url!)
  if (request.url === '/hang') return
  if (request.url === '/slow') return void response.writeHead(200).write('a')
  if (request.url?.startsWith('/to/')) {
    const location = decodeURIComponent(request.url.slice(4))
    return void response.writeHead(302, { location }).end()
  }
  if (request.url === '/huge') return pour(response)
  response.end('hello')
})
let poured = 0
function pour(response: ServerResponse): void {
  const block = Buffer.alloc(64 * 1024)
  while (poured < 1e9 && !response.destroyed && response.write(block)) poured += block.length
  if (poured < 1e9 && !response.destroyed) response.once('drain', () => pour(response))
}
let port: number
let tlsPort: number
let closeTls: () => void
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, resolve))
  port = (server.address() as AddressInfo).port
  const { private: key, cert } = await generate([
    { name: 'commonName', value: 'elsewhere.example' },
  ])
  const tls = createTlsServer({ key, cert }, (_, response) => response.end('hello'))
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve))
  tlsPort = (tls.address() as AddressInfo).port
  closeTls = () => tls.close()
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  closeTls()
})

const strict = { config: { outboundAllowedHosts: [] } }
const lenient = () => ({
  config: { outboundAllowedHosts: [`127.0.0.1:${port}`, `127.0.0.1:${tlsPort}`] },
})
const limits = { timeoutMs: 400, maxBytes: 1000 }
const answering =
  (...addresses: string[]): Resolve =>
  (_name, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

test('no way of writing a number or a name leads inside', async () => {
  const hosts = [
    ...[
      '127.0.0.1',
      '127.1',
      '0177.0.0.1',
      '0x7f.0.0.1',
      '0x7f000001',
      '2130706433',
      '017700000001',
    ],
    ...['127.0.0.1.', '0', '①②⑦.0.0.1', '127。0。0。1', '%31%32%37.0.0.1', '169.254.169.254.'],
    ...['0xA9FEA9FE', '2852039166', '0251.0376.0251.0376', 'localhost', 'LOCALHOST.', 'localhost.'],
    ...[
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::ffff:a9fe:a9fe]',
      '[64:ff9b::7f00:1]',
    ],
    ...[
      '[2002:7f00:1::]',
      '[0:0:0:0:0:ffff:127.0.0.1]',
      '[fe80::1%25eth0]',
      '[::1%25lo]',
      '[::127.0.0.1]',
    ],
    ...[
      'user@127.0.0.1',
      'example.com@127.0.0.1',
      'example.com:443@127.0.0.1',
      'user:pw@example.com',
    ],
    ...['example.com\\@127.0.0.1', '127.0.0.1#.example.com', '127.0.0.1?.example.com'],
  ]
  const addresses = [
    ...hosts.flatMap((host) => [`https://${host}:${port}/x`, `https://${host}/x`]),
    ...[`http://127.0.0.1:${port}/x`, 'http://example.com/x', `//127.0.0.1:${port}/`, 'x', ''],
    ...[
      'file:///etc/passwd',
      'ftp://example.com/',
      'gopher://127.0.0.1:25/',
      'data:,x',
      'javascript:1',
    ],
  ]
  calls.length = 0
  for (const address of addresses) {
    const answer = await callOutside(strict, address, {}, limits)
    expect([address, answer]).toEqual([
      address,
      { failure: expect.stringMatching(/address_refused|name_not_found/) },
    ])
  }
  expect(calls).toEqual([])
}, 30_000)

test('a name is called when all of its addresses are public, and at what was checked', async () => {
  const withDns = (resolve: Resolve) => ({ ...strict, resolve })
  const call = (resolve: Resolve) =>
    callOutside(withDns(resolve), `https://hooks.example.com:${port}/x`, {}, limits)
  calls.length = 0
  for (const answers of [
    ['127.0.0.1'],
    ['8.8.8.8', '10.0.0.1'],
    ['::1', '2606:4700::1111'],
    ['::ffff:8.8.8.8'],
  ])
    expect(await call(answering(...answers)), answers.join()).toEqual({
      failure: 'address_refused',
    })
  expect(await call(answering())).toEqual({ failure: 'name_not_found' })

  let asked = 0
  const changing: Resolve = (name, done) => {
    asked += 1
    return answering(asked === 1 ? '192.88.98.1' : '127.0.0.1')(name, done)
  }
  // No host answers there, in whatever network this runs.
  expect(await call(changing)).toEqual({
    failure: expect.stringMatching(/connection_failed|timeout/),
  })
  expect(asked).toBe(1)
  expect(await call(changing)).toEqual({ failure: 'address_refused' })
  expect(calls).toEqual([])
})

/** A name server that answers every question about IPv4 with this address, or not at all. */
async function openNameServer(address: number[] | null) {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address: from }) => {
    if (!address) return
    const question = query.subarray(12, query.indexOf(0, 12) + 5)
    const isIpv4 = question.at(-3) === 1
    const head = Buffer.from([
      ...query.subarray(0, 2),
      0x81,
      0x80,
      0,
      1,
      0,
      isIpv4 ? 1 : 0,
      0,
      0,
      0,
      0,
    ])
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address])
    socket.send(Buffer.concat([head, question, ...(isIpv4 ? [answer] : [])]), port, from)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    resolve: createResolve([`127.0.0.1:${socket.address().port}`]),
    [Symbol.dispose]: () => void socket.close(),
  }
}

test('name servers are asked for both kinds of addresses, and one that is silent is given up', async () => {
  const call = async (address: number[] | null) => {
    using server = await openNameServer(address)
    const url = `https://hooks.example.com:${port}/x`
    return await callOutside({ ...strict, resolve: server.resolve }, url, {}, limits)
  }
  expect(await call([10, 0, 0, 8])).toEqual({ failure: 'address_refused' })
  expect(await call([192, 88, 98, 1])).toEqual({
    failure: expect.stringMatching(/connection_failed|timeout/),
  })
  expect(await call(null)).toEqual({ failure: 'timeout' })
  const nothing = await new Promise((resolve) =>
    createResolve()('nothing.invalid', (error) => resolve(error)),
  )
  expect(nothing).toMatchObject({ code: expect.stringMatching(/^E[A-Z]+$/) })
})

test('a redirect is an answer, wherever it leads', async () => {
  calls.length = 0
  const base = `http://127.0.0.1:${port}`
  const targets = ['http://169.254.169.254/', `${base}/to/${encodeURIComponent(`${base}/x`)}`]
  for (const target of targets) {
    const path = `/to/${encodeURIComponent(target)}`
    const answer = await callOutside(lenient(), base + path, {}, limits)
    expect(answer).toMatchObject({ status: 302, headers: { location: target } })
  }
  expect(calls).toHaveLength(2)
})

test('an answer that hangs is given up, and of a gigabyte only the beginning is read', async () => {
  const call = (path: string) =>
    callOutside(lenient(), `http://127.0.0.1:${port}${path}`, {}, limits)
  expect(await call('/')).toMatchObject({ status: 200, body: Buffer.from('hello') })
  expect(await call('/hang')).toEqual({ failure: 'timeout' })
  expect(await call('/slow')).toEqual({ failure: 'timeout' })
  const huge = await call('/huge')
  expect('body' in huge && huge.body.length).toBe(1000)
  expect(poured).toBeLessThan(1e8)
})

test('a certificate of somebody else is not taken, for hosts that the operator named neither', async () => {
  const answer = await callOutside(lenient(), `https://127.0.0.1:${tlsPort}/`, {}, limits)
  expect(answer).toEqual({ failure: 'tls_failed' })
  const closed = { config: { outboundAllowedHosts: ['127.0.0.1'] } }
  expect(await callOutside(closed, 'http://127.0.0.1:1/', {}, limits)).toEqual({
    failure: 'connection_failed',
  })
})

test('an address is refused where it is typed, with the reason', async () => {
  const reasonOf = (address: string, resolve = answering()) =>
    assertOutside({ ...strict, resolve }, address, 'url').then(
      () => 'taken',
      (error) => error.details.errors[0],
    )
  const says = (message: string) => ({ path: 'url', message, params: undefined })
  expect(await reasonOf('example')).toEqual(says('This is not an address'))
  expect(await reasonOf('http://example.com')).toEqual(says('Use an https address'))
  expect(await reasonOf('https://a:b@example.com')).toEqual(
    says('An address must not hold a user name or a password'),
  )
  const isInside = says('This address does not lead to the internet')
  expect(await reasonOf('https://0x7f.1/')).toEqual(isInside)
  expect(await reasonOf('https://intern.example.com', answering('10.0.0.8'))).toEqual(isInside)
  expect(await reasonOf('https://hooks.example.com', answering('8.8.8.8'))).toBe('taken')
  expect(await reasonOf('https://not-there-yet.example.com')).toBe('taken')
})
