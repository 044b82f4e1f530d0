import { z } from '@hono/zod-openapi'

/** A moment (ISO 8601 with its offset) or a date, which means its first moment in the reader's time zone. */
export const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'Use a date such as 2026-11-24, or a time such as 2026-11-24T09:00:00Z',
  })
  .refine(isWithinReckoning, 'Use a time between the years 1970 and 9998')

/** Around these, a year has other than four digits, which PostgreSQL reads otherwise than we write them. */
function isWithinReckoning(text: string): boolean {
  return Date.parse(text) >= 0 && Date.parse(text) < Date.UTC(9999, 0)
}

export const from = Moment.optional().openapi({ description: 'Inclusive' })
export const to = Moment.optional().openapi({ description: 'Exclusive' })

/** The moment that a text means: see `Moment`. Epoch milliseconds. */
export function toTime(text: string, zone: string): number {
  if (text.includes('T')) return Date.parse(text)
  return Temporal.PlainDate.from(text).toZonedDateTime(zone).epochMilliseconds
}

/** What the database can compare: it has no zero byte. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/, 'Leave out the zero byte')
