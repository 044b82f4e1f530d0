import type { z } from 'zod'

/** A fact that a feature announces, in the past tense: `keys.issued`. */
export type Event<Payload> = { name: string; payload: z.ZodType<Payload> }

export function defineEvent<Payload>(name: string, payload: z.ZodType<Payload>): Event<Payload> {
  return { name, payload }
}
