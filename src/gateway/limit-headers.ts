import type { Admission } from './cell.ts'
import type { CachedGrant } from './grants.ts'

/** The figures of a decision as they go to the client and into the log. */
export type LimitFigures = {
  rateLimit: number | null
  rateRemaining: number | null
  quota: number | null
  quotaUsed: number | null
}

/**
 * The limit headers of an answer: the fields of draft-ietf-httpapi-ratelimit-headers, where `t` is
 * the seconds until there is more room, and the older `X-RateLimit-*` and `X-Quota-*`. Each
 * tells of the tighter of the plan's limit (its burst included) and the key's. Resets are Unix seconds.
 */
export function limitHeaders(
  { grant, organizationLimits, policy }: CachedGrant,
  admission: Admission,
  wall: number,
  out: string[],
): LimitFigures {
  const { organization, key } = admission
  const plan =
    organizationLimits.rate === null
      ? null
      : Math.max(0, organizationLimits.rate - organization.inWindow)
  const own = grant.keyRateLimit === null ? null : Math.max(0, grant.keyRateLimit - key.inWindow)
  const isKeyTighter = own !== null && (plan === null || own < plan)
  const rateLimit = isKeyTighter ? grant.keyRateLimit : organizationLimits.rate
  const rateRemaining = isKeyTighter ? own : plan
  const roomInMs = isKeyTighter ? key.roomInMs : organization.roomInMs
  const isOwnQuota =
    grant.keyMonthlyLimit !== null &&
    (grant.quota === null || grant.keyMonthlyLimit - key.used < grant.quota - organization.used)
  const quota = isOwnQuota ? grant.keyMonthlyLimit : grant.quota
  const used = isOwnQuota ? key.used : organization.used
  let fields = ''
  if (rateLimit !== null && rateRemaining !== null) {
    out.push(
      'X-RateLimit-Limit',
      String(rateLimit),
      'X-RateLimit-Remaining',
      String(rateRemaining),
      'X-RateLimit-Reset',
      String(Math.ceil((wall + roomInMs) / 1000)),
    )
    fields = `"${isKeyTighter ? 'key' : 'plan'}";r=${rateRemaining};t=${Math.ceil(roomInMs / 1000)}`
  }
  if (quota !== null) {
    const remaining = Math.max(0, quota - used)
    out.push(
      'X-Quota-Limit',
      String(quota),
      'X-Quota-Used',
      String(used),
      'X-Quota-Remaining',
      String(remaining),
      'X-Quota-Reset',
      String(Math.ceil(organization.periodEnd / 1000)),
    )
    const name = isOwnQuota ? 'key-quota' : 'quota'
    const field = `"${name}";r=${remaining};t=${Math.ceil((organization.periodEnd - wall) / 1000)}`
    fields = fields === '' ? field : `${fields}, ${field}`
  }
  if (fields !== '') out.push('RateLimit-Policy', policy, 'RateLimit', fields)
  return { rateLimit, rateRemaining, quota, quotaUsed: used }
}
