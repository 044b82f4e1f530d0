import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { issueKey } from '../keys/issue-key.ts'
import { getCustomerHead, getCustomerOverview } from './customer.ts'

test('before an operator acts on a customer they are told of everybody whom it concerns', async () => {
  await using app = await createTestApp({ now: '2026-11-24T12:30:20Z' })
  const ada = await makeCustomer(app)
  await app.db.execute(sql`
    insert into users (id, email) select 'usr_' || n, n || '@harbor.example' from generate_series(1, 120) n`)
  await app.db.execute(sql`
    insert into members (id, organization_id, user_id, role)
    select 'mem_' || n, ${ada.organizationId}, 'usr_' || n, 'viewer' from generate_series(1, 120) n`)
  await recordAll(app, [
    aRecord(ada, '2026-11-24T12:00:00Z'),
    aRecord(ada, '2026-11-24T12:30:00Z', { outcome: 'refused', status: 429 }),
    aRecord(ada, '2026-11-24T10:00:00Z'),
  ])
  const head = await getCustomerHead(app, system, ada.email)
  expect(head).toMatchObject({ others: 120, requestsLastHour: 2 })
})

test('each key is shown with what it did in the last hour, and an operator knows their own page by any name', async () => {
  await using app = await createTestApp({ now: '2026-11-24T12:30:20Z' })
  const ada = await makeCustomer(app)
  const [used, idle] = [
    await issueKey(app, ada, { name: 'used' }),
    await issueKey(app, ada, { name: 'idle' }),
  ]
  await recordAll(app, [
    aRecord(ada, '2026-11-24T12:30:00Z', { keyId: used.id }),
    aRecord(ada, '2026-11-24T11:31:00Z', { keyId: used.id, outcome: 'refused', status: 429 }),
    aRecord(ada, '2026-11-24T11:29:00Z', { keyId: used.id }),
    aRecord(ada, '2026-11-24T11:29:00Z', { keyId: idle.id }),
  ])
  const { keys } = await getCustomerOverview(app, system, ada.userId, 'UTC')
  expect(keys.map(({ name, requests_last_hour }) => [name, requests_last_hour]).sort()).toEqual([
    ['idle', 0],
    ['used', 2],
  ])
  const operator = { ...ada, role: 'admin' as const }
  for (const name of [ada.userId, ada.email, ada.email.toUpperCase()])
    expect((await getCustomerHead(app, operator, name)).isSelf).toBe(true)
  expect((await getCustomerHead(app, system, ada.email)).isSelf).toBe(false)
})
