import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'

test('what was done is answered, also when it cannot be counted, and is counted when that works again', async () => {
  await using app = await createTestApp()
  const token = await signInAs(app, await makeCustomer(app))
  const { call } = openDoor(app)
  const ask = async () => (await call('GET', '/api/portal/profile', { token })).status
  await app.db.execute(sql`alter table active_days rename to away`)
  expect(await ask()).toBe(200)
  await app.db.execute(sql`alter table away rename to active_days`)
  expect(await ask()).toBe(200)
  const { rows } = await app.db.execute(sql`select count(*)::int as days from active_days`)
  expect(rows).toEqual([{ days: 1 }])
})
