import { digestOf, hasValidChecksum } from '../core/key-format.ts'
import { authorize, type Refusal } from './authorize.ts'
import { baseHeaders, type Call, recordOf, reserve } from './call.ts'
import { admit, createAdmission } from './cell.ts'
import { monotonicNow } from './clock.ts'
import { limitHeaders } from './limit-headers.ts'
import { isAmbiguous, matchRoute } from './match.ts'
import { hostName } from './request-head.ts'

const admission = createAdmission()

/** HTTP/1.1 asks for one host (RFC 9112, section 3.2). Comes before all else, our own paths included. */
export function checkHost({ head, request }: Call): Refusal | undefined {
  const refuse = (detail: string) => ({ code: 'bad_request', status: 400, detail })
  if (head.hasSeveralHosts) return refuse('The request names several hosts.')
  if (head.host === '' && request.httpVersion !== '1.0') return refuse('The request names no host.')
  return undefined
}

/** Finds the route. Comes before the key, as the contract has it. */
export function route(call: Call): Refusal | undefined {
  if (isAmbiguous(call.path)) {
    return {
      code: 'bad_request',
      status: 400,
      detail: 'The path must not contain dot segments or backslashes.',
    }
  }
  // Many servers take several slashes for one: the rules of the path that they see must hold.
  const path = call.path.includes('//') ? call.path.replace(/\/{2,}/g, '/') : call.path
  const matched = matchRoute(call.plane.table, call.method, path, hostName(call.head.host))
  if (matched.found) {
    call.route = matched.found
    return tooLarge(call)
  }
  if (matched.allowed.length === 0) {
    return { code: 'route_not_found', status: 404, detail: `There is nothing at ${call.path}.` }
  }
  const allowed = withHead(matched.allowed).join(', ')
  const detail = `${call.path} does not take ${call.method}. It takes ${allowed}.`
  return { code: 'method_not_allowed', status: 405, detail, headers: ['Allow', allowed] }
}

/** Routes that take `GET` answer `HEAD`, too. */
function withHead(methods: string[]): string[] {
  if (!methods.includes('GET') || methods.includes('HEAD')) return methods
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

export function maxBodyBytes(call: Call): number | null {
  return call.route?.route.maxBodyBytes ?? call.plane.snapshot.maxBodyBytes
}

export function bodyRefusal(max: number): Refusal {
  return {
    code: 'payload_too_large',
    status: 413,
    detail: `The body may have ${max} bytes at most.`,
  }
}

function tooLarge(call: Call): Refusal | undefined {
  const max = maxBodyBytes(call)
  if (max === null || call.head.contentLength === null || call.head.contentLength <= max)
    return undefined
  return bodyRefusal(max)
}

/**
 * Finds the grant of the call's key: at once from memory, else through the main thread. Resolves to
 * the refusal of a missing or unknown key.
 */
export function findGrant(call: Call): Refusal | undefined | Promise<Refusal | undefined> {
  const { key } = call.head
  const { plane } = call
  if (key === null || key === '') {
    const detail = 'Send your API key in the header X-API-Key, or as Authorization: Bearer <key>.'
    return { code: 'missing_api_key', status: 401, detail, headers: ['WWW-Authenticate', 'Bearer'] }
  }
  if (!plane.snapshot.hasImportedKeys && !hasValidChecksum(key)) return unknownKey()
  const digest = digestOf(key)
  const cached = plane.grants.peek(digest)
  if (cached === null) return unknownKey()
  if (cached !== undefined) {
    call.grant = cached
    return undefined
  }
  return plane.grants.load(digest).then(
    (loaded) => {
      if (!loaded) return unknownKey()
      call.grant = loaded
      return undefined
    },
    (error: unknown) => {
      plane.log.error({ err: error, requestId: call.id }, 'a key could not be looked up')
      const detail = 'The key cannot be checked right now. Try again in a moment.'
      return { code: 'unavailable', status: 503, detail, retryAfter: 2 }
    },
  )
}

function unknownKey(): Refusal {
  const detail = 'There is no such API key. Check that it was copied whole.'
  return {
    code: 'invalid_api_key',
    status: 401,
    detail,
    headers: ['WWW-Authenticate', 'Bearer error="invalid_token"'],
  }
}

/** Asks the limits and takes a place in them. `stale`: the grant has changed, look it up again. */
export function decide(call: Call): Refusal | 'stale' | undefined {
  const grant = call.grant!
  call.answerHeaders = baseHeaders(call)
  const { route: rule } = call.route!
  const refused = authorize(
    grant.grant,
    grant.allowlist,
    rule,
    call.method,
    call.path,
    call.ip,
    call.time,
  )
  if (refused) return refused
  const wall = Date.now()
  const { organization, organizationLimits, key, keyLimits } = grant
  admit(organization, organizationLimits, key, keyLimits, monotonicNow(), wall, admission)
  if (admission.outcome === 'stale') return 'stale'
  call.figures = limitHeaders(grant, admission, wall, call.answerHeaders)
  if (admission.outcome === 'admitted') {
    reserve(call, admission)
    call.record ??= recordOf(call)
    return undefined
  }
  return admission.outcome === 'rate' ? rateRefusal(call, wall) : quotaRefusal(call, wall)
}

function rateRefusal(call: Call, wall: number): Refusal {
  const isKey = admission.by === 'key'
  const figures = isKey ? admission.key : admission.organization
  const limit = isKey ? call.grant!.keyLimits.rate! : call.grant!.organizationLimits.rate!
  const retryAfter = Math.max(1, Math.ceil(figures.roomInMs / 1000))
  const whose = isKey ? 'This key allows' : 'Your plan allows'
  return {
    code: 'rate_limit_exceeded',
    status: 429,
    detail: `${whose} ${limit} requests in any 60 seconds, and ${figures.inWindow} were made. There is room again in ${retryAfter} s.`,
    retryAfter,
    decision: {
      rule: isKey ? 'key_rate_limit' : 'plan_rate_limit',
      limit,
      used: figures.inWindow,
      resetsAt: Math.round(wall + figures.roomInMs),
    },
  }
}

function quotaRefusal(call: Call, wall: number): Refusal {
  const isKey = admission.by === 'key'
  const figures = isKey ? admission.key : admission.organization
  const limit = isKey ? call.grant!.keyLimits.hardQuota! : call.grant!.organizationLimits.hardQuota!
  const resets = new Date(figures.periodEnd).toISOString()
  return {
    code: 'quota_exceeded',
    status: 429,
    detail: `All ${limit} requests that ${isKey ? 'this key' : 'your plan'} includes in this period are used. The next period begins at ${resets}.`,
    retryAfter: Math.max(1, Math.ceil((figures.periodEnd - wall) / 1000)),
    decision: {
      rule: isKey ? 'key_quota' : 'plan_quota',
      limit,
      used: figures.used,
      resetsAt: figures.periodEnd,
    },
  }
}
