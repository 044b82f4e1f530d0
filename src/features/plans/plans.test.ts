import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { createPlan, findDefaultPlan, listPlans, updatePlan } from './plans.ts'

let app: TestApp
let call: ReturnType<typeof openDoor>['call']
const token = 'the-admin-token-of-the-tests'
beforeAll(async () => {
  app = await createTestApp()
  call = openDoor(app).call
})
afterAll(() => app[Symbol.asyncDispose]())

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: { code: string }) => error.code,
  )

test('a plan is made, found by slug, changed and deleted, and each change is audited', async () => {
  const made = await call('POST', '/admin/plans', { token, body: { name: 'Gold & Co.' } })
  expect(made).toMatchObject({ status: 201, body: { slug: 'gold-co', rate_limit_burst: 0 } })
  const change = { requests_per_month: 5, quota_enforcement: 'soft' }
  const changed = await call('PATCH', '/admin/plans/gold-co', { token, body: change })
  expect(changed.body).toMatchObject(change)
  const other = await createPlan(app, system, { name: 'Silver', is_default: true })
  expect((await call('DELETE', `/admin/plans/gold-co`, { token })).status).toBe(204)
  expect((await call('GET', '/admin/plans/gold-co', { token })).status).toBe(404)
  const audit = await call('GET', `/admin/audit?target=${made.body.id}`, { token })
  expect(audit.body.data.map((row: { action: string }) => row.action)).toEqual([
    'plans.deleted',
    'plans.updated',
    'plans.created',
  ])
  expect(await findDefaultPlan(app)).toMatchObject({ id: other.id })
})

test('bad plans are refused by the name of the field', async () => {
  for (const [body, path] of [
    [{ name: '' }, 'name'],
    [{ name: 'x', slug: 'Not A Slug' }, 'slug'],
    [{ name: 'x', slug: 'new' }, 'slug'],
    [{ name: 'x', rate_limit_per_minute: 0 }, 'rate_limit_per_minute'],
    [{ name: 'x', price_monthly: 1.5 }, 'price_monthly'],
    [{ name: 'x', currency: 'usd' }, 'currency'],
    [{ name: 'x', currency: 'QQQ' }, 'currency'],
    [{ name: 'x', is_default: true, enabled: false }, 'is_default'],
    [{ name: 'x', unknown: 1 }, 'unknown'],
    [{}, 'name'],
  ] as const) {
    const answer = await call('POST', '/admin/plans', { token, body })
    expect(answer.body).toMatchObject({ code: 'validation_error', errors: [{ path }] })
  }
})

test('one plan is the default, however many are made it at once', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const made = await Promise.all(names.map((name) => createPlan(app, system, { name })))
  await Promise.all(made.map(({ id }) => updatePlan(app, system, id, { is_default: true })))
  expect((await listPlans(app)).filter((plan) => plan.isDefault).length).toBe(1)
})

test('new customers never lose the plan that they begin on', async () => {
  const { id } = (await findDefaultPlan(app))!
  expect(await refusal(updatePlan(app, system, id, { is_default: false }))).toBe(
    'default_plan_required',
  )
  expect(await refusal(updatePlan(app, system, id, { enabled: false }))).toBe(
    'default_plan_required',
  )
  const deleted = await call('DELETE', `/admin/plans/${id}`, { token })
  expect(deleted).toMatchObject({ status: 409, body: { code: 'default_plan_required' } })
})

test('a plan that customers are on stays', async () => {
  const ada = await makeCustomer(app)
  await createPlan(app, system, { name: 'Begin', is_default: true })
  const deleted = await call('DELETE', `/admin/plans/${ada.planId}`, { token })
  expect(deleted).toMatchObject({ status: 409, body: { code: 'plan_in_use' } })
})
