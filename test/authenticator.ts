import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

type Options = { challenge: string; rpId?: string; rp?: { id?: string }; user?: { id: string } }
export type Twist = { origin?: string; isVerified?: boolean; counter?: number; userHandle?: string }

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()
const encode = (data: Buffer | string) => Buffer.from(data).toString('base64url')

/**
 * A device that makes a passkey and signs with it as WebAuthn has it (ES256, without attestation).
 * `twist` lets it answer in ways that must be refused.
 */
export function makeAuthenticator() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  let userHandle = ''
  let count = 0

  function clientData(
    type: string,
    { challenge }: Options,
    { origin = 'http://apigate.test' }: Twist,
  ) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  }
  /** The hash of the site, the flags (present, verified, and what follows), the counter (section 6.1). */
  function authenticatorData({ rpId, rp }: Options, twist: Twist, rest = Buffer.alloc(0)) {
    const { isVerified = true, counter = ++count } = twist
    const head = Buffer.alloc(5)
    head.writeUInt8(0x01 | (isVerified ? 0x04 : 0) | (rest.length > 0 ? 0x40 : 0))
    head.writeUInt32BE(counter, 1)
    return Buffer.concat([sha256(rpId ?? rp?.id ?? ''), head, rest])
  }
  /** The public key in COSE: `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`. */
  function coseKey() {
    const { x, y } = publicKey.export({ format: 'jwk' })
    const bytes = (part?: string) =>
      Buffer.concat([Buffer.from('5820', 'hex'), Buffer.from(part ?? '', 'base64url')])
    const [minusTwo, minusThree] = [Buffer.from('21', 'hex'), Buffer.from('22', 'hex')]
    return Buffer.concat([
      ...[Buffer.from('a5010203262001', 'hex'), minusTwo, bytes(x), minusThree, bytes(y)],
    ])
  }
  const credential = (response: object) => ({
    ...{ id: encode(id), rawId: encode(id), type: 'public-key', clientExtensionResults: {} },
    response,
  })

  return {
    register: (options: Options, twist: Twist = {}) => {
      userHandle = options.user?.id ?? ''
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey()])
      const data = authenticatorData(options, twist, attested)
      const size = Buffer.alloc(2)
      size.writeUInt16BE(data.length)
      // `{fmt: "none", attStmt: {}, authData: data}` in CBOR.
      const attestationObject = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746159', 'hex'),
        ...[size, data],
      ])
      return credential({
        clientDataJSON: encode(clientData('webauthn.create', options, twist)),
        attestationObject: encode(attestationObject),
        transports: ['internal'],
      })
    },
    signIn: (options: Options, twist: Twist = {}) => {
      const client = clientData('webauthn.get', options, twist)
      const data = authenticatorData(options, twist)
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)
      return credential({
        clientDataJSON: encode(client),
        authenticatorData: encode(data),
        signature: encode(signature),
        userHandle: twist.userHandle ?? userHandle,
      })
    },
  }
}
