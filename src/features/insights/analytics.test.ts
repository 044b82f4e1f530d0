import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { deleteUser } from '../accounts/remove-user.ts'
import { updateUser } from '../accounts/users.ts'
import { issueKey } from '../keys/issue-key.ts'
import { createPlan } from '../plans/plans.ts'
import { countDocsView } from './activity.ts'
import { getPortalAnalytics } from './analytics-portal.ts'
import { AnalyticsQuery, listCustomerFigures } from './analytics-users.ts'
import { type Filter, parseFilter } from './filter.ts'
import { userFields } from './user-fields.ts'

const noon = '2026-11-24T12:00:00Z'

async function makeThree() {
  const app = await createTestApp({ now: noon })
  const free = await createPlan(app, system, { name: 'Free', requests_per_month: 10 })
  const ada = await makeCustomer(app, { plan: { name: 'Pro', requests_per_month: 100 } })
  const bob = await makeCustomer(app, { plan: { name: 'Open', requests_per_month: null } })
  const eve = await makeCustomer(app)
  await updateUser(app, system, eve.userId, { plan_id: free.id })
  await issueKey(app, ada, { name: 'first' })
  const times = (count: number) => Array.from({ length: count }, () => noon)
  await recordAll(app, [
    ...times(9).map((time) => aRecord(eve, time)),
    ...times(20).map((time, i) => aRecord(ada, time, { status: i < 5 ? 500 : 200 })),
    ...times(30).map((time) => aRecord(bob, time)),
    aRecord(bob, '2026-10-31T23:59:59Z'),
  ])
  const list = async (query: Record<string, unknown>) =>
    listCustomerFigures(app, system, AnalyticsQuery.parse(query))
  const names = { [ada.userId]: 'ada', [bob.userId]: 'bob', [eve.userId]: 'eve' }
  const who = async (query: Record<string, unknown>) =>
    (await list(query)).data.map(({ id }) => names[id])
  return { app, ada, bob, eve, list, who }
}

test('customers come in the order asked for, with what they did in this billing period', async () => {
  const { app, ada, list, who } = await makeThree()
  await using _ = app
  expect(await who({})).toEqual(['bob', 'ada', 'eve'])
  expect(await who({ sort: 'quota_percent' })).toEqual(['eve', 'ada', 'bob'])
  expect(await who({ sort: 'requests', order: 'asc', limit: 2 })).toEqual(['eve', 'ada'])
  const first = await list({ limit: 2 })
  expect(await who({ limit: 2, cursor: first.next_cursor })).toEqual(['eve'])
  const foreign = Buffer.from('["1e300"]').toString('base64url')
  await expect(list({ cursor: foreign })).rejects.toMatchObject({ code: 'validation_error' })
  const [row] = (await list({ filter: `email == "${ada.email.toUpperCase()}"` })).data
  expect(row).toMatchObject({
    ...{ requests: 20, errors: 5, error_rate: 0.25, quota_used: 20, quota_percent: 20, keys: 1 },
    ...{ plan: 'pro', status: 'active', inactive_days: expect.any(Number) },
  })
})

test('a filter compares fields with values, and joins comparisons', async () => {
  const { app, who } = await makeThree()
  await using _ = app
  expect(await who({ filter: 'quota_percent > 80' })).toEqual(['eve'])
  expect(await who({ filter: 'not quota_percent > 80' })).toEqual(['bob', 'ada'])
  expect(await who({ filter: 'requests >= 9.5 and (plan == "pro" or keys != 0)' })).toEqual(['ada'])
  expect(await who({ filter: 'plan == "free" or plan == "open" and requests < 5' })).toEqual([
    'eve',
  ])
  expect(await who({ filter: "status != 'active'" })).toEqual([])
  expect(await who({ filter: 'created_at < "2026-11-24T13:00:00+02:00"' })).toEqual([])
  expect(await who({ filter: 'created_at > "2020-01-01" AND errors > 0' })).toEqual(['ada'])
})

test.each([
  ['quota_percent >', 16, 'ends where 80 should follow'],
  ['quota > 80', 1, 'no field “quota”'],
  ['requests = 3', 10, 'compare with =='],
  ['requests ~ 3', 10, '“~” is not understood'],
  ['requests > "3"', 12, 'stands where 80 should'],
  ['requests > 3 plan == "x"', 14, 'stands where and, or should'],
  ['(requests > 3', 14, 'ends where ) should follow'],
  ['plan < "free"', 6, 'compare it with == or !='],
  ['created_at > "yesterday"', 14, '"2026-11-24"'],
  ['created_at > "2026-02-30"', 14, '"2026-11-24"'],
  ["email == '; drop table users", 10, 'not understood'],
  [`${'('.repeat(60)}requests > 1`, 51, 'nested too deep'],
])('%s is refused with the position', (filter, position, sentence) => {
  const problem = expect.objectContaining({ path: 'filter' })
  try {
    parseFilter(filter, userFields)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'validation_error', details: { errors: [problem] } })
    expect(String(error)).toContain(`Position ${position}: `)
    expect(String(error)).toContain(sentence)
  }
})

type Tree = Filter<keyof typeof userFields>

/** As a person would write it, with every parenthesis. */
function write(tree: Tree): string {
  if (tree.is === 'not') return `not (${write(tree.inner)})`
  if ('left' in tree) return `(${write(tree.left)}) ${tree.is} (${write(tree.right)})`
  const value = typeof tree.value === 'number' ? tree.value : `"${tree.value}"`
  return `${tree.field} ${tree.is} ${value}`
}

test('every filter that can be written is read as it was meant', () => {
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.record({
        is: fc.constantFrom('==', '!=', '<', '<=', '>', '>=' as const),
        field: fc.constantFrom('requests', 'keys', 'error_rate' as const),
        value: fc.integer({ min: -1000, max: 1000 }),
      }) as fc.Arbitrary<Tree>,
      fc.record({
        is: fc.constantFrom('==', '!=' as const),
        field: fc.constantFrom('plan', 'email' as const),
        value: fc.string().map((text) => text.replaceAll('"', '')),
      }) as fc.Arbitrary<Tree>,
      fc.record({ is: fc.constant('not' as const), inner: tie('tree') }) as fc.Arbitrary<Tree>,
      fc.record({
        is: fc.constantFrom('and', 'or' as const),
        left: tie('tree'),
        right: tie('tree'),
      }) as fc.Arbitrary<Tree>,
    ),
  }))
  fc.assert(
    fc.property(tree, (one) => {
      expect(parseFilter(write(one), userFields)).toEqual(one)
    }),
  )
})

test('the portal’s figures count people by day, keys, looks at the docs, and upgrades', async () => {
  await using app = await createTestApp({ now: noon })
  const free = await createPlan(app, system, { name: 'Free', price_monthly: 0 })
  const pro = await createPlan(app, system, { name: 'Pro', price_monthly: 2900 })
  const people = [await makeCustomer(app), await makeCustomer(app), await makeCustomer(app)]
  for (const { userId } of people) await updateUser(app, system, userId, { plan_id: free.id })
  const { call } = openDoor(app)
  const visit = async ({ email }: { email: string }) => {
    const body = { email, password: 'correct horse battery staple' }
    const { body: session } = await call('POST', '/api/portal/auth/login', { body })
    expect((await call('GET', '/api/portal/profile', { token: session.token })).status).toBe(200)
  }
  app.setNow('2026-11-20T10:00:00Z')
  await visit(people[0]!)
  app.setNow(noon)
  await visit(people[1]!)
  await visit(people[1]!)
  await issueKey(app, people[0]!, { name: 'first' })
  await countDocsView(app)
  await countDocsView(app)
  await updateUser(app, system, people[0]!.userId, { plan_id: pro.id })
  await updateUser(app, system, people[0]!.userId, { plan_id: free.id })
  await updateUser(app, system, people[1]!.userId, { plan_id: pro.id })
  expect(await getPortalAnalytics(app, system, { days: 30 })).toMatchObject({
    active_users: { dau: 1, mau: 2 },
    keys: { created: 1, per_day: 0.03 },
    docs: { views: 2 },
    upgrades: { conversions: 2 },
  })
  await deleteUser(app, system, people[1]!.userId)
  expect((await getPortalAnalytics(app, system, { days: 1 })).active_users).toEqual({
    dau: 0,
    mau: 1,
  })
})
