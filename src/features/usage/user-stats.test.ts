import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { issueKey } from '../keys/issue-key.ts'
import { revokeKey } from '../keys/keys.ts'

test('figures of a user: requests against the quota, keys that work, the last sign of life', async () => {
  await using app = await createTestApp({ now: '2026-11-24T12:00:00Z' })
  const ada = await makeCustomer(app, { plan: { requests_per_month: 8 } })
  const { call } = openDoor(app)
  const token = app.adminToken
  const path = `/admin/users/${ada.email}/stats`
  expect((await call('GET', path, { token })).body).toEqual({
    ...{ requests_this_month: 0, quota_percent: 0, api_keys: 0, last_active_at: null },
  })
  const { id: keyId } = await issueKey(app, ada, { name: 'used' })
  const gone = await issueKey(app, ada, { name: 'revoked' })
  await revokeKey(app, ada, gone.id)
  const theirs = await signInAs(app, ada)
  expect((await call('GET', path, { token })).body).toMatchObject({
    ...{ api_keys: 1, last_active_at: '2026-11-24T12:00:00.000Z' },
  })
  app.setNow('2026-11-25T12:00:00Z')
  const refused = { keyId, outcome: 'refused' as const, status: 429 }
  await recordAll(app, [
    aRecord(ada, '2026-11-25T11:00:00Z', { keyId }),
    aRecord(ada, '2026-11-25T11:00:01Z', refused),
    aRecord(ada, '2026-10-31T23:59:59Z', { keyId }),
  ])
  expect((await call('GET', path, { token })).body).toEqual({
    requests_this_month: 1,
    quota_percent: 12.5,
    api_keys: 1,
    last_active_at: '2026-11-25T11:00:01.000Z',
  })
  expect((await call('GET', path, { token: theirs })).status).toBe(403)
  expect((await call('GET', '/admin/users/nobody/stats', { token })).status).toBe(404)
})
