import type { App } from '../core/app.ts'
import { newId } from '../core/ids.ts'
import type { UsageRecord } from '../core/usage-record.ts'
import type { UserWithPlan } from '../features/accounts/users.ts'
import type { IssuedKey } from '../features/keys/keys.ts'
import { recordUsage } from '../features/usage/record-usage.ts'
import type { SeededRoute } from './seed.ts'

type Traffic = { key: IssuedKey; user: UserWithPlan; perDay: number }

const dayMs = 86_400_000
const days = 30

/** Thirty days of plausible traffic, recorded the way real traffic is: busy by day, quiet at weekends, some of it failing. */
export async function seedUsage(
  app: App,
  traffic: Traffic[],
  routes: SeededRoute[],
): Promise<void> {
  const random = createRandom(20_261_124)
  const now = app.now().getTime()
  for (let day = days; day >= 0; day--) {
    const midnight = Math.floor((now - day * dayMs) / dayMs) * dayMs
    const weekday = new Date(midnight).getUTCDay()
    const pace = (weekday === 0 || weekday === 6 ? 0.45 : 1) * (0.85 + (0.3 * (days - day)) / days)
    const records = traffic.flatMap(({ key, user, perDay }) => {
      const count = Math.round(perDay * pace * (0.8 + 0.4 * random()))
      return Array.from({ length: count }, () =>
        recordOf(key, user, pick(routes, random), midnight + timeOfDay(random), random),
      )
    })
    const past = records
      .filter((record) => record.time < now - 60_000)
      .sort((a, b) => a.time - b.time)
    await recordUsage(app, { segment: `demo-${midnight}`, from: 0, to: past.length, records: past })
  }
}

function recordOf(
  key: IssuedKey,
  user: UserWithPlan,
  route: SeededRoute,
  time: number,
  random: () => number,
): UsageRecord {
  const chance = random()
  const failure = failures.find(({ below }) => chance < below)
  const isUnstable = route.path === '/v1/unstable' && random() < 0.4
  const status = isUnstable ? 503 : (failure?.status ?? (route.method === 'POST' ? 201 : 200))
  const isRefused = failure?.code === 'rate_limit_exceeded' && !isUnstable
  const latencyMs = isRefused
    ? 0.3
    : Math.round(route.latencyMs * (0.5 + random() + 2 * random() ** 8) * 1000) / 1000
  return {
    id: newId('req', time),
    time,
    organizationId: user.organizationId!,
    userId: user.id,
    keyId: key.id,
    keyPrefix: key.prefix,
    environment: key.environment,
    routeId: route.id,
    route: route.path,
    method: route.method,
    path: route.sample,
    outcome: isRefused ? 'refused' : 'forwarded',
    status,
    errorCode: isUnstable ? null : (failure?.code ?? null),
    latencyMs,
    upstreamMs: isRefused ? null : latencyMs * 0.96,
    bytesIn: route.method === 'POST' ? 180 : 0,
    bytesOut: isRefused ? 420 : Math.round(400 + random() * 6000),
    creditCost: 1,
    meters: route.meters,
    clientIp: `198.51.100.${1 + Math.floor(random() * 200)}`,
    source: 'api',
    decision: isRefused
      ? { rule: 'plan_rate_limit', limit: 100, used: 100, resetsAt: time + 21_000 }
      : null,
    limits: null,
  }
}

/** How often what goes wrong; the rest goes well. */
const failures = [
  { below: 0.012, status: 404, code: null },
  { below: 0.018, status: 422, code: null },
  { below: 0.024, status: 429, code: 'rate_limit_exceeded' },
  { below: 0.027, status: 504, code: 'upstream_timeout' },
] as const

function pick(routes: SeededRoute[], random: () => number): SeededRoute {
  let rest = random() * routes.reduce((sum, route) => sum + route.weight, 0)
  const found = routes.find((route) => {
    rest -= route.weight
    return rest < 0
  })
  return found ?? routes[0]!
}

/** Most of it between 7 and 19 o'clock. */
function timeOfDay(random: () => number): number {
  const hours = random() < 0.75 ? 7 + 12 * ((random() + random()) / 2) : 24 * random()
  return Math.floor(hours * 3_600_000)
}

/** Repeatable numbers from 0 to 1 (mulberry32), so that every demo shows the same month. */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
