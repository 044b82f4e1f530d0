import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { createPlan, getPlan } from '../plans/plans.ts'
import { listStrayLimits, setMeterLimits } from './plan-limits.ts'

test('limits of a meter are set in each plan, and those of other meters stay, also when two are set at once', async () => {
  await using app = await createTestApp()
  const pro = await createPlan(app, system, { name: 'Pro', limits: { storage: 1, calls: 2 } })
  const free = await createPlan(app, system, { name: 'Free' })
  await Promise.all(
    ['storage', 'calls', 'peerings', 'data_transfer'].map((key) =>
      setMeterLimits(app, system, key, { [pro.id]: 50, [free.id]: 0 }),
    ),
  )
  const all = (limit: number) => ({
    ...{ storage: limit, calls: limit, peerings: limit, data_transfer: limit },
  })
  expect((await getPlan(app, pro.id)).limits).toEqual(all(50))
  expect((await getPlan(app, free.id)).limits).toEqual(all(0))
  await setMeterLimits(app, system, 'calls', { [pro.id]: null })
  const { calls: _, ...others } = all(50)
  expect((await getPlan(app, pro.id)).limits).toEqual(others)
  expect(await listStrayLimits(app, system)).toContainEqual({ plan: 'Pro', meter: 'peerings' })
})

test('a limit is a number from 0 on, told at the field of its plan, and the operator’s to set', async () => {
  await using app = await createTestApp()
  const { id } = await createPlan(app, system, { name: 'Pro' })
  for (const limit of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    await expect(setMeterLimits(app, system, 'calls', { [id]: limit })).rejects.toMatchObject({
      details: { errors: [{ path: id }] },
    })
  const ada = await makeCustomer(app)
  await expect(setMeterLimits(app, ada, 'calls', {})).rejects.toMatchObject({ status: 403 })
})
