import { BlockList, isIP } from 'node:net'
import { canonicalAddress } from '../core/http/client-address.ts'
import type { Decision } from '../core/usage-record.ts'
import type { Grant, RouteMatch } from './contract.ts'

/** Why a request goes no further, as its sender and the log are told. */
export type Refusal = {
  code: string
  status: number
  detail: string
  /** Present when the key was recognised: the refusal then leaves a usage row. */
  decision?: Decision
  /** Seconds, for `Retry-After`. */
  retryAfter?: number
  headers?: string[]
}

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The address rules of a grant, made once when it is loaded. */
export function compileAllowlist(ranges: string[]): BlockList | null {
  if (ranges.length === 0) return null
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/** Key state, owner, address and scope, in the order of the contract. `undefined` lets it pass to the limits. */
export function authorize(
  grant: Grant,
  allowlist: BlockList | null,
  route: RouteMatch,
  method: string,
  path: string,
  clientIp: string,
  now: number,
): Refusal | undefined {
  if (grant.revokedAt !== null && grant.revokedAt <= now) {
    return refusal(
      'key_revoked',
      401,
      'This API key was revoked. Use another key of yours, or create one.',
      'key',
    )
  }
  if (grant.expiresAt !== null && grant.expiresAt <= now) {
    const when = new Date(grant.expiresAt).toISOString()
    return refusal('key_expired', 401, `This API key expired at ${when}. Create a new one.`, 'key')
  }
  if (grant.ownerStatus === 'suspended') {
    return refusal(
      'user_suspended',
      403,
      'The account that this key belongs to is suspended. Contact support.',
      'owner',
    )
  }
  if (grant.ownerStatus === 'pending') {
    return refusal(
      'email_unverified',
      403,
      'Confirm the e-mail address of your account first; the link is in the mail that we sent.',
      'owner',
    )
  }
  if (grant.planId === null) {
    return refusal(
      'no_active_plan',
      403,
      'Your organization has no active plan. Choose one in the portal.',
      'owner',
    )
  }
  if (allowlist && !isAllowed(allowlist, clientIp)) {
    return refusal(
      'ip_not_allowed',
      403,
      `This key may not be used from ${clientIp}. Add the address to the key's allowlist.`,
      'ip',
      clientIp,
    )
  }
  if (!hasScope(grant.scopes, route, method, path)) {
    const wanted = wantedScope(route, method, path)
    return refusal(
      'insufficient_scope',
      403,
      `This key lacks the scope "${wanted}". Add it to the key, or use another key.`,
      'scope',
      wanted,
    )
  }
  return undefined
}

function refusal(
  code: string,
  status: number,
  detail: string,
  rule: string,
  subject?: string,
): Refusal {
  return { code, status, detail, decision: subject === undefined ? { rule } : { rule, subject } }
}

function isAllowed(allowlist: BlockList, clientIp: string): boolean {
  const address = canonicalAddress(clientIp)
  return address !== undefined && allowlist.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * `*` opens everything, `read` the methods GET, HEAD and OPTIONS, `write` all others,
 * `<resource>:read|write` the same for paths whose first segment (a version such as `v1` aside) is
 * the resource. A route's own scopes open that route to keys that hold one of them.
 */
export function hasScope(
  scopes: string[],
  route: RouteMatch,
  method: string,
  path: string,
): boolean {
  if (scopes.includes('*')) return true
  const action = readMethods.has(method) ? 'read' : 'write'
  if (route.scopes.length > 0) return route.scopes.some((scope) => scopes.includes(scope))
  return scopes.includes(action) || scopes.includes(`${resourceOf(path)}:${action}`)
}

function wantedScope(route: RouteMatch, method: string, path: string): string {
  return route.scopes[0] ?? `${resourceOf(path)}:${readMethods.has(method) ? 'read' : 'write'}`
}

function resourceOf(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  return (/^v\d+$/.test(segments[0] ?? '') ? segments[1] : segments[0]) ?? ''
}
