import type { UsageRecord } from '../core/usage-record.ts'

/**
 * Lines of the journal. A kind, a tab, and tab-separated fields or JSON:
 * `o` a request is about to be forwarded; `s` the same again, in a segment that follows;
 * `c` how it ended; `d` a request told whole (refused, or cancelled after its `o`).
 */
export function openLine(record: UsageRecord): string {
  return `o\t${JSON.stringify(openingOf(record))}\n`
}

export function restateLine(record: UsageRecord): string {
  return `s\t${JSON.stringify(openingOf(record))}\n`
}

export function closeLine(record: UsageRecord): string {
  const { id, status, errorCode, latencyMs, upstreamMs, bytesIn, bytesOut, limits } = record
  const [rateLimit, rateRemaining, quota, quotaUsed] = limits
    ? [limits.rateLimit, limits.rateRemaining, limits.quota, limits.quotaUsed]
    : []
  return `c\t${id}\t${status}\t${errorCode ?? ''}\t${latencyMs}\t${upstreamMs ?? ''}\t${bytesIn}\t${bytesOut}\t${rateLimit ?? ''}\t${rateRemaining ?? ''}\t${quota ?? ''}\t${quotaUsed ?? ''}\n`
}

export function completeLine(record: UsageRecord): string {
  return `d\t${JSON.stringify(record)}\n`
}

type Opening = ReturnType<typeof openingOf>

function openingOf(r: UsageRecord) {
  return [
    ...([
      r.id,
      r.time,
      r.organizationId,
      r.userId,
      r.keyId,
      r.keyPrefix,
      r.environment,
      r.routeId,
    ] as const),
    ...([r.route, r.method, r.path, r.creditCost, r.clientIp, r.source] as const),
  ] as const
}

function fromOpening(opening: Opening): UsageRecord {
  const [id, time, organizationId, userId, keyId, keyPrefix, environment, routeId, ...rest] =
    opening
  const [route, method, path, creditCost, clientIp, source] = rest
  return {
    ...{
      id,
      time,
      organizationId,
      userId,
      keyId,
      keyPrefix,
      environment,
      routeId,
      route,
      method,
      path,
    },
    ...{
      creditCost,
      clientIp,
      source,
      outcome: 'interrupted',
      status: 0,
      errorCode: null,
      latencyMs: 0,
    },
    ...{ upstreamMs: null, bytesIn: 0, bytesOut: 0, decision: null, limits: null },
  }
}

/** A reader's memory of one segment: the requests that began and have not ended. */
export type OpenRequests = Map<string, UsageRecord>

/**
 * Reads one line. Returns the record that it completes, if it does.
 * @throws SyntaxError when it is not a line of ours.
 */
export function readLine(line: string, open: OpenRequests): UsageRecord | undefined {
  const kind = line.slice(0, 2)
  if (kind === 'o\t' || kind === 's\t') {
    const record = fromOpening(JSON.parse(line.slice(2)) as Opening)
    open.set(record.id, record)
    return undefined
  }
  if (kind === 'd\t') {
    const record = JSON.parse(line.slice(2)) as UsageRecord
    open.delete(record.id)
    return record
  }
  if (kind === 'c\t') return closeRecord(line.split('\t'), open)
  throw new SyntaxError('no such kind of line')
}

function closeRecord(fields: string[], open: OpenRequests): UsageRecord | undefined {
  if (fields.length !== 12) throw new SyntaxError('a closing line has 12 fields')
  const record = open.get(fields[1]!)
  if (!record) return undefined
  open.delete(record.id)
  const optional = (text: string | undefined) => (text ? Number(text) : null)
  return {
    ...record,
    outcome: 'forwarded',
    status: Number(fields[2]),
    errorCode: fields[3] || null,
    latencyMs: Number(fields[4]),
    upstreamMs: optional(fields[5]),
    bytesIn: Number(fields[6]),
    bytesOut: Number(fields[7]),
    limits: {
      rateLimit: optional(fields[8]),
      rateRemaining: optional(fields[9]),
      quota: optional(fields[10]),
      quotaUsed: optional(fields[11]),
    },
  }
}
