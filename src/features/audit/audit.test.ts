import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { createPlan } from '../plans/plans.ts'
import { ListAudit, listAudit } from './list-audit.ts'

const all = ListAudit.parse({ limit: 100 })

test('a row tells the request that it came from, whoever called, and none for the program itself', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  const body = { name: 'Ada' }
  const byUser = await call('PATCH', '/api/portal/profile', { token, body })
  const byToken = await call('POST', '/admin/plans', { token: app.adminToken, body })
  const login = { email: ada.email, password: 'correct horse battery staple' }
  const bySignIn = await call('POST', '/api/portal/auth/login', { body: login })
  await createPlan(app, system, { name: 'Own' })

  const { data } = await listAudit(app, system, all)
  const told = data.slice(0, 4).map(({ action, request_id }) => [action, request_id])
  const idOf = (answer: { headers: Headers }) => answer.headers.get('x-request-id')
  expect(told).toEqual([
    ['plans.created', null],
    ['users.signed_in', idOf(bySignIn)],
    ['plans.created', idOf(byToken)],
    ['profile.updated', idOf(byUser)],
  ])
})
