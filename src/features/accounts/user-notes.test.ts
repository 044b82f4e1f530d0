import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs } from '../../../test/make.ts'
import { auditLog } from '../audit/schema.ts'

test('operators note, read and remove; the customer and the log never see what was written', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const nora = await makeCustomer(app, { role: 'admin' })
  const { call } = openDoor(app)
  const token = await signInAs(app, nora)
  const path = `/admin/users/${ada.email}/notes`
  const body = { body: ' Promised a discount ' }
  const made = await call('POST', path, { token, body })
  expect(made).toMatchObject({
    status: 201,
    body: { body: 'Promised a discount', author: { id: nora.userId } },
  })
  await call('POST', path, { token: app.adminToken, body: { body: 'By a program' } })
  const listed = (await call('GET', path, { token })).body.data
  expect(listed.map((note: { body: string }) => note.body)).toEqual([
    'By a program',
    'Promised a discount',
  ])
  expect((await call('POST', path, { token, body: { body: '  ' } })).status).toBe(422)

  const theirs = await signInAs(app, ada)
  for (const own of ['/api/portal/profile', '/api/portal/auth/session'])
    expect(JSON.stringify((await call('GET', own, { token: theirs })).body)).not.toContain(
      'Promised',
    )
  expect((await call('GET', path, { token: theirs })).status).toBe(403)
  expect((await call('POST', path, { token: theirs, body })).status).toBe(403)
  expect(JSON.stringify(await app.db.select().from(auditLog))).not.toContain('Promised')

  const other = await makeCustomer(app)
  const elsewhere = `/admin/users/${other.userId}/notes/${made.body.id}`
  expect((await call('DELETE', elsewhere, { token })).status).toBe(404)
  expect((await call('DELETE', `${path}/${made.body.id}`, { token })).status).toBe(204)
  expect((await call('GET', path, { token })).body.data).toHaveLength(1)
})
