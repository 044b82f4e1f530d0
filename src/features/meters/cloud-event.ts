import { hash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { validationError } from '../../core/http/router.ts'
import { toDecimal, type WrittenValues } from './exact-number.ts'

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\0]*$/, 'Leave out the zero byte')
    .refine((given) => given.isWellFormed(), 'A text must not hold half of a character.')

/** An event as CloudEvents 1.0 writes it; further attributes are let pass and not kept. */
export const CloudEvent = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: text(255),
    source: text(500).openapi({ description: 'With the id: what makes the event count once' }),
    type: text(60).openapi({ description: 'The key of the meter' }),
    subject: text(320).openapi({ description: 'Id of an organization or user, or an e-mail' }),
    time: z.iso
      .datetime({
        offset: true,
        error: 'Write a time with its offset, such as 2026-11-24T09:00:00Z',
      })
      .optional()
      .openapi({ description: 'When it happened; by default now' }),
    corrects: text(255).optional().openapi({
      description: 'Id of an earlier event of this source, whose value this one replaces',
    }),
    data: z.looseObject({
      value: z.number({ error: 'Give a number, without quotes' }).nullable().openapi({
        description:
          'Added to a counter, set for a gauge; up to 15 digits before the point and 9 behind it. Null, in a correction, takes the event back',
      }),
    }),
  })
  .openapi('CloudEvent')

/** What an event says, before it is known whether its meter and subject are there. */
export type Reading = {
  index: number
  /** Of source and id: the same event has the same one. */
  digest: string
  source: string
  eventId: string
  type: string
  subject: string
  /** In UTC, to the microsecond; null stands for the moment of its arrival. */
  at: string | null
  /** Exact; null takes the corrected event back. */
  value: string | null
  /** Digest of the event that this one corrects. */
  corrects: string | null
}

/** @throws AppError `invalid_event`, `invalid_time`, `invalid_value`. */
export function readEvent(given: unknown, index: number, written: WrittenValues): Reading {
  const parsed = CloudEvent.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const { message } = validationError(parsed.error)
    throw new AppError(
      'invalid',
      codeOf(issue?.path[0]),
      'This is not an event as CloudEvents 1.0 has it: {{problem}}',
      { params: { problem: message } },
    )
  }
  const { id, source, type, subject, time, corrects } = parsed.data
  return {
    ...{ index, source, eventId: id, type, subject },
    digest: digestOf(source, id),
    at: time === undefined ? null : toMicroseconds(time),
    value: readValue((given as { data: object }).data, written, corrects !== undefined),
    corrects: corrects === undefined ? null : digestOf(source, corrects),
  }
}

function codeOf(attribute: PropertyKey | undefined): string {
  if (attribute === 'time') return 'invalid_time'
  return attribute === 'data' ? 'invalid_value' : 'invalid_event'
}

function readValue(data: object, written: WrittenValues, isCorrection: boolean): string | null {
  const source = written.get(data)
  if (source === undefined) {
    if (isCorrection) return null
    throw new AppError(
      'invalid',
      'invalid_value',
      'data.value is null, which only a correction may say.',
    )
  }
  const value = toDecimal(source)
  if (value !== undefined) return value
  throw new AppError(
    'invalid',
    'invalid_value',
    'data.value may have 15 digits before the point and 9 behind it.',
  )
}

/** 128 bits are enough for events to be told apart, and an index of them stays small. */
function digestOf(source: string, id: string): string {
  return hash('sha256', `${source.length} ${source}${id}`, 'hex').slice(0, 32)
}

function toMicroseconds(time: string): string {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? ''
  const micros = fraction.slice(3, 6).padEnd(3, '0')
  return `${new Date(time).toISOString().slice(0, -1)}${micros}Z`
}
