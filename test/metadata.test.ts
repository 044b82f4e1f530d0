import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MetadataInput, metadataHeaders } from '../src/features/accounts/metadata.ts'
import { findGrant } from '../src/features/keys/find-grant.ts'
import { issueKey } from '../src/features/keys/issue-key.ts'
import { createTestApp } from './app.ts'
import { openDoor } from './door.ts'
import { openGateway } from './gateway.ts'
import { makeCustomer } from './make.ts'

const name = fc.string({
  unit: fc.constantFrom('a', 'B', '7', '_', '-'),
  minLength: 1,
  maxLength: 9,
})
const value = fc.oneof(
  fc.string({
    unit: fc.constantFrom('é', '😀', '\r\n', ': ', 'x', '%41', ' ', '\t', '\0'),
    maxLength: 9,
  }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
)

test('metadata that is accepted reaches the upstream whole, each entry as one header and nothing else', async () => {
  await using gateway = await openGateway()
  const plain = await headersSeen([])
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 60 }), async (given) => {
      const parsed = MetadataInput.safeParse(given)
      fc.pre(parsed.success)
      const metadata = parsed.data!
      const seen = (await headersSeen(metadataHeaders(metadata))).slice(plain.length)
      const expected = Object.entries(metadata).map(([key, told]) => [
        `x-user-meta-${key.toLowerCase().split(/[_-]+/).filter(Boolean).join('-')}`,
        String(told),
      ])
      expect(seen.map(([header, text]) => [header, decodeURIComponent(text!)])).toEqual(expected)
    }),
    { numRuns: 60 },
  )

  async function headersSeen(headers: string[]): Promise<[string, string][]> {
    const key = gateway.addKey({ headers })
    expect((await fetch(gateway.url, { headers: { 'x-api-key': key } })).status).toBe(200)
    const { raw } = gateway.upstream.seen.at(-1)!
    const pairs = raw.flatMap((header, at): [string, string][] =>
      at % 2 === 0 ? [[header.toLowerCase(), raw[at + 1]!]] : [],
    )
    const own = (header: string) => header.startsWith('x-user-meta')
    return [...pairs.filter(([header]) => !own(header)), ...pairs.filter(([header]) => own(header))]
  }
})

test('what the operator notes by the API arrives whole, and 100 entries or a name that is no header not at all', async () => {
  await using app = await createTestApp()
  await using gateway = await openGateway()
  const ada = await makeCustomer(app)
  const { call } = openDoor(app)
  gateway.contract.findGrant = (digest) => findGrant(app, digest)
  const put = async (metadata: Record<string, unknown>) => {
    const body = { metadata }
    return (await call('PUT', `/admin/users/${ada.userId}`, { token: app.adminToken, body })).status
  }
  const arrives = async () => {
    // A key of its own each time: what the gateway knows of one is kept until it is told.
    const { key } = await issueKey(app, ada, { name: 'test' })
    const headers = { 'x-api-key': key, 'x-user-meta-role': 'forged' }
    expect((await fetch(gateway.url, { headers })).status).toBe(200)
    const seen = Object.entries(gateway.upstream.seen.at(-1)!.headers)
    expect(seen.filter(([name]) => name === 'x-evil')).toEqual([])
    return Object.fromEntries(seen.filter(([name]) => name.startsWith('x-user-meta')))
  }
  const metadata = {
    ...{ company: 'Zoë & Söhne 株式会社 😀', note: 'one\r\nX-Evil: yes\r\n\r\nGET /', tab: '\t' },
    ...{ seats: 3, ratio: 0.5, trial: false, percent: '100 %', role: 'gold' },
  }
  expect(await put(metadata)).toBe(200)
  const expected = {
    'x-user-meta-company':
      'Zo%C3%AB & S%C3%B6hne %E6%A0%AA%E5%BC%8F%E4%BC%9A%E7%A4%BE %F0%9F%98%80',
    'x-user-meta-note': 'one%0D%0AX-Evil: yes%0D%0A%0D%0AGET /',
    'x-user-meta-tab': '%09',
    'x-user-meta-seats': '3',
    'x-user-meta-ratio': '0.5',
    'x-user-meta-trial': 'false',
    'x-user-meta-percent': '100 %25',
    'x-user-meta-role': 'gold',
  }
  expect(await arrives()).toEqual(expected)

  const entries = (count: number) => Array.from({ length: count }, (_, at) => [`k${at}`, `v${at}`])
  expect(await put(Object.fromEntries(entries(100)))).toBe(422)
  expect(await put({ 'a\r\nX-Evil': 'yes' })).toBe(422)
  expect(await arrives()).toEqual(expected)
  expect(await put(Object.fromEntries(entries(50)))).toBe(200)
  expect(Object.keys(await arrives())).toHaveLength(50)
})
