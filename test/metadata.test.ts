import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MetadataInput, metadataHeaders } from '../src/features/accounts/metadata.ts'
import { openGateway } from './gateway.ts'

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
