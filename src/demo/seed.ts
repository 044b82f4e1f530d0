import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { App } from '../core/app.ts'
import { organizations, users } from '../features/accounts/schema.ts'
import { createUser, suspendUser, type UserWithPlan } from '../features/accounts/users.ts'
import { issueKeyForUser } from '../features/keys/issue-key.ts'
import { type IssuedKey, revokeAnyKey } from '../features/keys/keys.ts'
import { createPlan } from '../features/plans/plans.ts'
import { setSetting } from '../features/settings/settings.ts'
import { createRoute } from '../features/upstreams/routes.ts'
import { createUpstream, updateUpstream } from '../features/upstreams/upstreams.ts'
import { seedActivity } from './seed-activity.ts'
import { type Past, seedHistory } from './seed-history.ts'
import { createMeters, seedMeters } from './seed-meters.ts'
import { seedTeam } from './seed-team.ts'
import { seedUsage } from './seed-usage.ts'

const system = { type: 'system' } as const

export type DemoAccess = {
  admin: { email: string; password: string }
  customer: { email: string; password: string }
  apiKey: string
}

/** The customers of a weather API: who they are, what they pay, how busy they are (requests a day), and the days since they joined and were last seen. */
const customers = [
  ['Ada Okafor', 'ada@harbor.example', 'pro', 'Harbor Logistics', 260, 64, null],
  ['Benoît Lefèvre', 'benoit@vignes.example', 'free', 'Vignes du Sud', 190, 180, 2],
  ['Chen Wei', 'chen@skylark.example', 'business', 'Skylark Drones', 420, 164, 0.3],
  ['Dana Levi', 'dana@fieldnote.example', 'free', 'Fieldnote', 35, 151, 21],
  ['Emeka Nwosu', 'emeka@gridwatch.example', 'pro', 'Gridwatch', 310, 130, 1],
  ['Freja Holm', 'freja@nordlys.example', 'pro', 'Nordlys Ski', 120, 117, 6],
  ['Giulia Conti', 'giulia@terrazza.example', 'free', 'Terrazza', 12, 96, 17],
  ['Hiro Tanaka', 'hiro@minato.example', 'business', 'Minato Shipping', 380, 88, 0.6],
  ['Inés Romero', 'ines@solarte.example', 'pro', 'Solarte', 150, 72, 4],
  ['Jonas Weber', 'jonas@radweg.example', 'free', 'Radweg', 60, 58, 12],
  ['Kavya Rao', 'kavya@monsoon.example', 'free', 'Monsoon Labs', 5, 41, 29],
  ['Liam Byrne', 'liam@rainorshine.example', 'free', 'Rain or Shine', 80, 33, 31],
] as const

/** Who began on the free plan. */
const upgraded: string[] = ['freja@nordlys.example', 'ines@solarte.example']

/** True when the demo's data is not there yet. */
export async function isSeedNeeded(app: App): Promise<boolean> {
  return (await app.db.$count(users)) === 0
}

/** Fills an empty database with a small API business: plans, routes, customers, keys and 30 days of usage. */
export async function seedDemo(app: App, upstreamUrl: string): Promise<DemoAccess> {
  await setSetting(app, system, 'portal_company_name', 'Northwind Weather')
  await setSetting(
    app,
    system,
    'portal_welcome_message',
    'Live observations and forecasts from 240 stations. Create a key and make your first call in a minute.',
  )
  await seedPlans(app)
  await createMeters(app)
  const routes = await seedRoutes(app, upstreamUrl)
  const admin = { email: 'admin@northwind.example', password: newPassword() }
  await createUser(app, system, { ...admin, name: 'Nora Wind', role: 'admin' })
  const password = newPassword()
  const keys: { key: IssuedKey; user: UserWithPlan; perDay: number }[] = []
  const past: Past[] = []
  for (const [name, email, plan, company, perDay, joined, seen] of customers) {
    const metadata = { company, signup_source: perDay > 200 ? 'sales' : 'website' }
    const isFirst = keys.length === 0
    const user = await createUser(app, system, {
      email,
      name,
      plan_id: upgraded.includes(email) ? 'free' : plan,
      metadata,
      ...(isFirst && { password }),
    })
    const isTheirs = eq(organizations.ownerId, user.id)
    await app.db.update(organizations).set({ name: company }).where(isTheirs)
    past.push({ user, joined, seen })
    const key = await issueKeyForUser(app, system, user.id, { name: 'Production' })
    keys.push({ key, user, perDay })
    if (perDay > 150) {
      const test = await issueKeyForUser(app, system, user.id, {
        name: 'Staging',
        environment: 'test',
        scopes: ['read'],
      })
      keys.push({ key: test, user, perDay: Math.round(perDay / 12) })
    }
  }
  const old = await issueKeyForUser(app, system, keys[0]!.user.id, { name: 'Old laptop' })
  await seedHistory(app, past)
  await seedActivity(app, past, upgraded)
  await seedUsage(app, keys, routes)
  await seedMeters(
    app,
    customers.map(([, email, , , perDay]) => ({ email, perDay })),
  )
  const skylark = keys.find(({ user }) => user.email === 'chen@skylark.example')!
  await seedTeam(app, keys[0]!.user, skylark.user)
  await revokeAnyKey(app, system, old.id)
  await suspendUser(app, system, 'liam@rainorshine.example')
  return { admin, customer: { email: customers[0][1], password }, apiKey: keys[0]!.key.key }
}

async function seedPlans(app: App): Promise<void> {
  const perCall = { quota_enforcement: 'hard' as const }
  await createPlan(app, system, {
    ...perCall,
    name: 'Free',
    description: 'For trying things out.',
    rate_limit_per_minute: 100,
    requests_per_month: 10_000,
    max_api_keys: 3,
    limits: { ml_predictions: 2500, storage: 10, station_feeds: 5, forecast_calls: 1500 },
    is_default: true,
    features: ['All stations', 'Community support'],
  })
  await createPlan(app, system, {
    name: 'Pro',
    description: 'For products in production.',
    price_monthly: 4900,
    rate_limit_per_minute: 500,
    requests_per_month: 250_000,
    quota_enforcement: 'soft',
    overage_price: 25,
    max_api_keys: 20,
    limits: { ml_predictions: 12_000, storage: 25, station_feeds: 15, forecast_calls: 5000 },
    features: ['All stations', 'Streaming', 'E-mail support'],
  })
  await createPlan(app, system, {
    name: 'Business',
    description: 'For companies that depend on it.',
    price_monthly: 19_900,
    rate_limit_per_minute: 1000,
    requests_per_month: 2_000_000,
    quota_enforcement: 'soft',
    overage_price: 15,
    features: ['All stations', 'Streaming', 'Priority support', 'SLA'],
  })
}

export type SeededRoute = {
  id: string
  path: string
  method: string
  sample: string
  meters: string[]
  weight: number
  latencyMs: number
}

async function seedRoutes(app: App, upstreamUrl: string): Promise<SeededRoute[]> {
  const upstream = await createUpstream(app, system, {
    name: 'weather',
    url: upstreamUrl,
    timeout_ms: 10_000,
  })
  const wanted = [
    ['List stations', '/v1/stations', 'GET', '/v1/stations', 20, 14],
    ['Get a station', '/v1/stations/:id', 'GET', '/v1/stations/oslo', 14, 9],
    [
      'Observations',
      '/v1/stations/:id/observations',
      'GET',
      '/v1/stations/oslo/observations',
      34,
      38,
    ],
    [
      'Send an observation',
      '/v1/stations/:id/observations',
      'POST',
      '/v1/stations/oslo/observations',
      4,
      22,
    ],
    ['Forecast', '/v1/stations/:id/forecast', 'GET', '/v1/stations/bergen/forecast', 24, 85],
    ['Live stream', '/v1/stream', 'GET', '/v1/stream', 1, 4000],
    ['Slow report', '/v1/slow', 'GET', '/v1/slow', 2, 1900],
    ['Unstable', '/v1/unstable', 'GET', '/v1/unstable', 1, 30],
  ] as const
  const routes: SeededRoute[] = []
  for (const [name, path, method, sample, weight, latencyMs] of wanted) {
    const meters = name === 'Forecast' ? ['forecast_calls'] : []
    const { id } = await createRoute(app, system, {
      name,
      path,
      methods: [method],
      upstream: upstream.id,
      meters,
    })
    routes.push({ id, path, method, sample, meters, weight, latencyMs })
  }
  const openApi = {
    name: 'OpenAPI document',
    path: '/v1/openapi.json',
    methods: ['GET' as const],
    upstream: upstream.id,
  }
  await createRoute(app, system, { ...openApi, auth_required: false })
  return routes
}

/** Keeps the upstream's address true: its port is new at each start. */
export async function pointUpstream(app: App, url: string): Promise<void> {
  await updateUpstream(app, system, 'weather', { url })
}

function newPassword(): string {
  return randomBytes(9).toString('base64url')
}
