import { createHmac, randomBytes } from 'node:crypto'
import type { EndpointRow, FormerSecret } from './schema.ts'

/** A secret as Standard Webhooks writes it: 32 random bytes in base64 behind `whsec_`. */
export const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`

/** The former secrets of an endpoint that still sign. */
export function validFormer(endpoint: EndpointRow, at: Date): FormerSecret[] {
  return endpoint.formerSecrets.filter(({ until }) => until > at.toISOString())
}

type Message = { id: string; time: Date; body: string; secrets: string[] }

/**
 * The headers of a message by Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, one
 * signature for each secret that is valid.
 */
export function signatureHeaders({ id, time, body, secrets }: Message): Record<string, string> {
  const timestamp = String(Math.floor(time.getTime() / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
