import type { UsageRecord } from '../core/usage-record.ts'

/**
 * Lines of the usage journal: each a JSON array that begins with its kind. A changed layout gets a
 * new kind, or one more field at the end that may be absent, so that a journal left behind by an
 * older version is still understood.
 */

/** What is known of a request when it is about to be forwarded. */
export type OpenRecord = Pick<
  UsageRecord,
  | 'id'
  | 'time'
  | 'organizationId'
  | 'userId'
  | 'keyId'
  | 'keyPrefix'
  | 'environment'
  | 'routeId'
  | 'route'
  | 'method'
  | 'path'
  | 'creditCost'
  | 'meters'
  | 'clientIp'
  | 'source'
>

/** Fields of a line that tells how a request began, in their order. */
type Opening = [
  id: string,
  time: number,
  organizationId: string,
  userId: string,
  keyId: string,
  keyPrefix: string,
  environment: UsageRecord['environment'],
  routeId: string | null,
  route: string | null,
  method: string,
  path: string,
  creditCost: number,
  clientIp: string,
  source: UsageRecord['source'],
  /** Absent where the route names none. */
  meters?: UsageRecord['meters'],
]

/** Fields of a line that tells how a request ended, in their order. */
type Ending = [
  outcome: UsageRecord['outcome'],
  status: number,
  errorCode: string | null,
  latencyMs: number,
  upstreamMs: number | null,
  bytesIn: number,
  bytesOut: number,
  decision: UsageRecord['decision'],
  limits: [number | null, number | null, number | null, number | null] | null,
]

/** The last line of a writer: nothing follows. */
export const endLine = '["end"]\n'

/** A request that is about to be forwarded, or that is under way when a segment begins. */
export function openLine(record: OpenRecord): string {
  return `${JSON.stringify(['open', openingOf(record)])}\n`
}

/** How an opened request ended: its id, and what its opening line does not say. */
export function closeLine(record: UsageRecord): string {
  return `${JSON.stringify(['close', record.id, endingOf(record)])}\n`
}

/** A request told whole. */
export function doneLine(record: UsageRecord): string {
  return `${JSON.stringify(['done', openingOf(record), endingOf(record)])}\n`
}

function openingOf(r: OpenRecord): Opening {
  const opening: Opening = [
    r.id,
    r.time,
    r.organizationId,
    r.userId,
    r.keyId,
    r.keyPrefix,
    r.environment,
    r.routeId,
    r.route,
    r.method,
    r.path,
    r.creditCost,
    r.clientIp,
    r.source,
  ]
  if (r.meters.length > 0) opening.push(r.meters)
  return opening
}

function endingOf(r: UsageRecord): Ending {
  const l = r.limits
  return [
    r.outcome,
    r.status,
    r.errorCode,
    r.latencyMs,
    r.upstreamMs,
    r.bytesIn,
    r.bytesOut,
    r.decision,
    l && [l.rateLimit, l.rateRemaining, l.quota, l.quotaUsed],
  ]
}

/** A line of the journal, understood. An opened request counts as interrupted until its ending is applied. */
export type Line =
  | { kind: 'open'; record: UsageRecord }
  | { kind: 'close'; id: string; ending: Ending }
  | { kind: 'done'; record: UsageRecord }
  | { kind: 'end' }

/** Understands one line, without its newline; `undefined` when it is not one of ours. */
export function parseLine(text: string): Line | undefined {
  const [kind, first, second, ...more] = parseArray(text)
  if (more.length > 0) return undefined
  if (kind === 'open' && isOpening(first)) return { kind, record: fromOpening(first) }
  if (kind === 'close' && typeof first === 'string' && isEnding(second)) {
    return { kind, id: first, ending: second }
  }
  if (kind === 'done' && isOpening(first) && isEnding(second)) {
    return { kind, record: applyEnding(fromOpening(first), second) }
  }
  return kind === 'end' ? { kind } : undefined
}

function parseArray(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

const none: UsageRecord['meters'] = []

/** The whole record at once, so that its ending is only filled in: copies would cost more than the parsing. */
function fromOpening(fields: Opening): UsageRecord {
  const [id, time, organizationId, userId, keyId, keyPrefix, environment, ...request] = fields
  const [routeId, route, method, path, creditCost, clientIp, source, meters] = request
  return {
    id,
    time: time ?? 0,
    organizationId,
    userId,
    keyId,
    keyPrefix,
    environment,
    routeId,
    route,
    method,
    path,
    outcome: 'interrupted',
    status: 0,
    errorCode: null,
    latencyMs: 0,
    upstreamMs: null,
    bytesIn: 0,
    bytesOut: 0,
    creditCost: creditCost ?? 0,
    meters: meters ?? none,
    clientIp,
    source,
    decision: null,
    limits: null,
  }
}

/** Writes the ending into the record of the opening. */
export function applyEnding(record: UsageRecord, fields: Ending): UsageRecord {
  const [outcome, status, errorCode, latencyMs, upstreamMs, bytesIn, bytesOut, decision, l] = fields
  record.outcome = outcome
  record.status = status ?? 0
  record.errorCode = errorCode
  record.latencyMs = latencyMs ?? 0
  record.upstreamMs = upstreamMs
  record.bytesIn = bytesIn ?? 0
  record.bytesOut = bytesOut ?? 0
  record.decision = decision
  record.limits = l && { rateLimit: l[0], rateRemaining: l[1], quota: l[2], quotaUsed: l[3] }
  return record
}

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string'
const textOrNull: Check = (value) => value === null || typeof value === 'string'
/** JSON writes NaN and Infinity as null; an odd figure must not lose a request, it is read as 0. */
const figure: Check = (value) => value === null || typeof value === 'number'
const texts: Check = (value) => Array.isArray(value) && value.every(text)
const object: Check = (value) => typeof value === 'object' && !Array.isArray(value)
const fourFigures: Check = (value) =>
  value === null || (Array.isArray(value) && value.length === 4 && value.every(figure))
const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value as string)

const openingShape: Check[] = [
  ...[text, figure, text, text, text, text, oneOf('live', 'test')],
  ...[textOrNull, textOrNull, text, text, figure, text, oneOf('api', 'playground')],
  texts,
]
const endingShape: Check[] = [
  ...[oneOf('forwarded', 'refused', 'interrupted'), figure, textOrNull],
  ...[figure, figure, figure, figure, object, fourFigures],
]

/** The last field of an opening may be absent. */
const isOpening = (value: unknown): value is Opening =>
  matches(value, openingShape, openingShape.length - 1)
const isEnding = (value: unknown): value is Ending => matches(value, endingShape)

function matches(value: unknown, shape: Check[], least = shape.length): boolean {
  if (!Array.isArray(value) || value.length < least || value.length > shape.length) return false
  return value.every((field, i) => shape[i]!(field))
}
