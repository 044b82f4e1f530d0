import type { BlockList } from 'node:net'
import { compileAllowlist } from './authorize.ts'
import { type Cell, type CellLimits, isStale, openCell } from './cell.ts'
import type { Grant } from './contract.ts'
import type { OpenedGrant } from './registry.ts'

/** A grant made ready for the hot path. */
export type CachedGrant = {
  grant: Grant
  organization: Cell
  key: Cell
  organizationLimits: CellLimits
  keyLimits: CellLimits
  allowlist: BlockList | null
  /** `RateLimit-Policy` of every answer to it. */
  policy: string
}

/** One thread's memory of grants by digest. Bounded: the oldest goes first. */
export type GrantCache = {
  /** Undefined: unknown, look it up. Null: known not to exist, for a few seconds. */
  peek: (digest: string) => CachedGrant | null | undefined
  /** Looks it up, once for all who wait for the same digest. */
  load: (digest: string) => Promise<CachedGrant | null>
  forget: (digests: string[]) => void
  forgetAll: () => void
}

const maxGrants = 200_000
const maxAbsent = 50_000
const absentMs = 10_000

export function createGrantCache(
  find: (digest: string) => Promise<OpenedGrant | undefined>,
): GrantCache {
  const grants = new Map<string, CachedGrant>()
  const absent = new Map<string, number>()
  const loading = new Map<string, Promise<CachedGrant | null>>()

  async function look(digest: string): Promise<CachedGrant | null> {
    const opened = await find(digest)
    if (!opened) {
      if (absent.size >= maxAbsent) absent.delete(absent.keys().next().value!)
      absent.set(digest, performance.now() + absentMs)
      return null
    }
    const cached = prepare(opened)
    if (grants.size >= maxGrants) grants.delete(grants.keys().next().value!)
    grants.set(digest, cached)
    return cached
  }

  return {
    peek: (digest) => {
      const cached = grants.get(digest)
      if (cached) {
        if (!isStale(cached.key) && !isStale(cached.organization)) return cached
        grants.delete(digest)
        return undefined
      }
      const until = absent.get(digest)
      if (until === undefined) return undefined
      if (until > performance.now()) return null
      absent.delete(digest)
      return undefined
    },
    load: (digest) => {
      const pending = loading.get(digest)
      if (pending) return pending
      const started = look(digest).finally(() => loading.delete(digest))
      loading.set(digest, started)
      return started
    },
    forget: (digests) => {
      for (const digest of digests) {
        grants.delete(digest)
        absent.delete(digest)
      }
    },
    forgetAll: () => {
      grants.clear()
      absent.clear()
    },
  }
}

function prepare({ grant, organization, key }: OpenedGrant): CachedGrant {
  const isHard = grant.quotaEnforcement === 'hard'
  const planRate = grant.planRateLimit === null ? null : grant.planRateLimit + grant.planRateBurst
  const policies = [
    planRate !== null && `"plan";q=${planRate};w=60`,
    grant.keyRateLimit !== null && `"key";q=${grant.keyRateLimit};w=60`,
    grant.quota !== null && `"quota";q=${grant.quota}`,
    grant.keyMonthlyLimit !== null && `"key-quota";q=${grant.keyMonthlyLimit}`,
  ]
  return {
    grant,
    organization: openCell(organization),
    key: openCell(key),
    organizationLimits: { rate: planRate, hardQuota: isHard ? grant.quota : null },
    keyLimits: { rate: grant.keyRateLimit, hardQuota: grant.keyMonthlyLimit },
    allowlist: compileAllowlist(grant.ipAllowlist),
    policy: policies.filter((policy) => policy !== false).join(', '),
  }
}
