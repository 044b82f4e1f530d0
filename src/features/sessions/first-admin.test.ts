import { expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { makeCustomer, system } from '../../../test/make.ts'
import { users, verifications } from '../accounts/schema.ts'
import { createUser } from '../accounts/users.ts'
import { auditLog } from '../audit/schema.ts'
import { createFirstAdmin, isSetupOpen, issueSetupLink } from './first-admin.ts'

const nobody = { type: 'anonymous', ip: '203.0.113.5', requestId: 'req_1' } as const
const nora = { email: 'Nora@Example.com', name: 'Nora', password: 'correct horse battery' }

async function issueToken(app: TestApp): Promise<string> {
  return new URL((await issueSetupLink(app))!).searchParams.get('token')!
}

test('the link makes the first administrator once, and its token is stored as a hash only', async () => {
  await using app = await createTestApp()
  await makeCustomer(app)
  const token = await issueToken(app)
  expect(JSON.stringify(await app.db.select().from(verifications))).not.toContain(
    token.split('.')[1],
  )
  const both = await Promise.allSettled([
    createFirstAdmin(app, nobody, { ...nora, token }),
    createFirstAdmin(app, nobody, { ...nora, email: 'eve@example.com', token }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const admins = (await app.db.select().from(users)).filter(({ role }) => role === 'admin')
  expect(admins).toMatchObject([{ status: 'active', emailVerified: true }])
  expect(await app.db.select().from(verifications)).toEqual([])
  const told = (await app.db.select().from(auditLog)).at(-1)
  expect(told).toMatchObject({
    ...{ action: 'users.first_admin_created', actorType: 'anonymous' },
    ...{ targetId: admins[0]!.id, ip: nobody.ip, requestId: nobody.requestId },
  })
})

test('a password that is too short keeps the link; a newer link and 24 hours end it', async () => {
  await using app = await createTestApp({ now: '2026-03-01T12:00:00Z' })
  const first = await issueToken(app)
  const short = createFirstAdmin(app, nobody, { ...nora, password: 'short', token: first })
  await expect(short).rejects.toMatchObject({ code: 'validation_error' })
  expect(await isSetupOpen(app, first, nobody.ip)).toBe(true)
  const second = await issueToken(app)
  expect(await isSetupOpen(app, first, nobody.ip)).toBe(false)
  app.setNow('2026-03-02T12:00:01Z')
  const late = createFirstAdmin(app, nobody, { ...nora, token: second })
  await expect(late).rejects.toMatchObject({ code: 'token_invalid' })
})

test('with an administrator there is no link, and one that is out opens nothing', async () => {
  await using app = await createTestApp()
  const token = await issueToken(app)
  await createUser(app, system, { email: 'nora@example.com', role: 'admin' })
  expect(await issueSetupLink(app)).toBeNull()
  const late = createFirstAdmin(app, nobody, { ...nora, token })
  await expect(late).rejects.toMatchObject({ code: 'token_invalid' })
})

test('wrong links are counted by address, and right ones are not', async () => {
  await using app = await createTestApp()
  const token = await issueToken(app)
  for (let i = 0; i < 10; i++) expect(await isSetupOpen(app, token, nobody.ip)).toBe(true)
  for (let i = 0; i < 5; i++) expect(await isSetupOpen(app, `${token}x`, nobody.ip)).toBe(false)
  await expect(isSetupOpen(app, token, nobody.ip)).rejects.toMatchObject({
    ...{ code: 'too_many_attempts', kind: 'rate_limited' },
  })
  expect(await isSetupOpen(app, token, '203.0.113.6')).toBe(true)
})
