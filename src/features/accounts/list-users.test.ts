import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { system } from '../../../test/make.ts'
import { createPlan } from '../plans/plans.ts'
import { exportUsers, listUsers } from './list-users.ts'
import { users } from './schema.ts'
import { ListUsers, UserFilter } from './user-input.ts'
import { type UserSort, userSorts } from './user-sorts.ts'
import { createUser } from './users.ts'

type Known = {
  id: string
  email: string
  name: string
  plan: string
  status: string
  role: string
  createdAt: number
  lastLoginAt: number | null
}

const now = Date.parse('2026-11-24T12:00:00.000Z')
const dayMs = 86_400_000
const known: Known[] = []
let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ now: new Date(now).toISOString() })
  for (const name of ['Alpha', 'Beta']) await createPlan(app, system, { name })
  const pick = <T>(values: readonly T[], at: number) => values[at % values.length]!
  for (let at = 0; at < 36; at++) {
    const input = {
      email: `${pick(['zed', 'ann', 'bob'], at)}${at}@${pick(['a_b', 'axb'], at)}.example`,
      name: pick(['', 'Zoë', 'ann', 'Bob 100%', 'bob'], at),
      plan_id: pick(['alpha', 'beta'], at * 7),
      status: pick(['active', 'pending', 'suspended'] as const, Math.floor(at / 2)),
      role: pick(['customer', 'customer', 'agent', 'admin'] as const, at),
    }
    // Several at one moment, so that the order needs more than the time.
    const createdAt = now - Math.floor(at / 3) * 5 * dayMs
    const lastLoginAt = at % 2 ? null : createdAt + (at % 4) * dayMs
    const { id } = await createUser(app, system, input)
    await app.db
      .update(users)
      .set({
        createdAt: new Date(createdAt),
        lastLoginAt: lastLoginAt === null ? null : new Date(lastLoginAt),
      })
      .where(eq(users.id, id))
    known.push({ ...input, id, plan: input.plan_id, createdAt, lastLoginAt })
  }
})
afterAll(() => app[Symbol.asyncDispose]())

const optional = <T>(values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const filter = fc.record({
  plan_id: optional(['alpha', 'beta']),
  status: optional(['active', 'pending', 'suspended'] as const),
  role: optional(['customer', 'agent', 'admin'] as const),
  q: optional(['BOB', 'a_b', '100%', 'nobody', '@']),
  inactive_days: fc.option(fc.integer({ min: 0, max: 65 }), { nil: undefined }),
})

function matches(user: Known, query: UserFilter): boolean {
  const seen = user.lastLoginAt ?? user.createdAt
  const text = `${user.email}\n${user.name}`.toLowerCase()
  return (
    (!query.plan_id || user.plan === query.plan_id) &&
    (!query.status || user.status === query.status) &&
    (!query.role || user.role === query.role) &&
    (!query.q || text.includes(query.q.toLowerCase())) &&
    (query.inactive_days === undefined || seen < now - query.inactive_days * dayMs)
  )
}

const keyOf: Record<UserSort, (user: Known) => string | number> = {
  email: (user) => user.email,
  name: (user) => user.name.toLowerCase(),
  plan: (user) => user.plan,
  status: (user) => user.status,
  created_at: (user) => user.createdAt,
  last_login_at: (user) => user.lastLoginAt ?? 0,
}

test('every filter, order and page size finds exactly those who match, each once', async () => {
  await fc.assert(
    fc.asyncProperty(
      filter,
      fc.constantFrom(...userSorts),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      async (given, sort, isDescending, limit) => {
        const found: string[] = []
        let cursor: string | undefined
        do {
          const query = { ...given, sort: `${isDescending ? '-' : ''}${sort}`, limit, cursor }
          const page = await listUsers(app, system, ListUsers.parse(query))
          expect(page.data.length).toBeLessThanOrEqual(limit)
          found.push(...page.data.map(({ id }) => id))
          cursor = page.next_cursor ?? undefined
        } while (cursor)
        const expected = known.filter((user) => matches(user, given as UserFilter))
        expect([...found].sort()).toEqual(expected.map(({ id }) => id).sort())
        const keys = found.map((id) => keyOf[sort](known.find((user) => user.id === id)!))
        const order = isDescending ? [...keys].reverse() : keys
        // Texts follow the database's alphabet: times and plain words are compared here.
        if (sort !== 'name')
          expect(order).toEqual([...order].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
      },
    ),
    { numRuns: 60 },
  )
})

test('an export holds all who match, whatever the page size of lists', async () => {
  const found: string[] = []
  for await (const batch of exportUsers(app, system, UserFilter.parse({ role: 'customer' })))
    found.push(...batch.map(({ id }) => id))
  const customers = known.filter(({ role }) => role === 'customer')
  expect(found.sort()).toEqual(customers.map(({ id }) => id).sort())
})

test('a column that is not on the list, and a cursor of another order, are refused', async () => {
  const { call } = openDoor(app)
  const token = app.adminToken
  for (const sort of ['password', 'created_at;drop table users', '--email', ''])
    expect((await call('GET', `/admin/users?sort=${sort}`, { token })).status).toBe(422)
  const first = await call('GET', '/admin/users?limit=2&sort=-last_login_at', { token })
  expect(first.body.data).toHaveLength(2)
  const next = `/admin/users?limit=2&cursor=${first.body.next_cursor}`
  expect((await call('GET', `${next}&sort=-last_login_at`, { token })).status).toBe(200)
  expect((await call('GET', `${next}&sort=email`, { token })).status).toBe(422)
  const forged = Buffer.from(JSON.stringify(['-created_at', 'yesterday', 'x'])).toString(
    'base64url',
  )
  expect((await call('GET', `/admin/users?cursor=${forged}`, { token })).status).toBe(422)
  expect((await call('GET', '/admin/users?inactive_days=-1', { token })).status).toBe(422)
})
