import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { digestOf, hasValidChecksum } from '../../core/key-format.ts'
import { metadataHeaders } from '../accounts/metadata.ts'
import { suspendUser, updateUser } from '../accounts/users.ts'
import { setSetting } from '../settings/settings.ts'
import { findGrant } from './find-grant.ts'
import { issueKey } from './issue-key.ts'
import { getKey, listKeys, revokeKey, updateKey } from './keys.ts'
import { rotateKey } from './rotate-key.ts'

const all = { status: 'all', limit: 100 } as const

test('a key cannot be issued beyond the plan, and the message says how many are allowed', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app, { plan: { max_api_keys: 1 } })
  await issueKey(app, ada, { name: 'first' })
  await expect(issueKey(app, ada, { name: 'second' })).rejects.toMatchObject({
    code: 'key_limit_reached',
    message: 'Your plan allows one key. Revoke it, or change the plan.',
  })
})

test('ten tabs at once take exactly the last two slots', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app, { plan: { max_api_keys: 3 } })
  await issueKey(app, ada, { name: 'first' })
  const attempts = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) => issueKey(app, ada, { name: `key ${i}` })),
  )
  expect(attempts.filter((attempt) => attempt.status === 'fulfilled').length).toBe(2)
})

test('the secret is in the answer and nowhere in the database', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { key, id } = await issueKey(app, ada, { name: 'first' })
  expect(hasValidChecksum(key)).toBe(true)
  await revokeKey(app, ada, id)
  const { rows: tables } = await app.db.execute(
    sql`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'drizzle')`,
  )
  for (const { name } of tables as { name: string }[]) {
    const { rows } = await app.db.execute(
      sql.raw(
        `select count(*)::int as found from ${name} t where t::text like '%${key.slice(12)}%'`,
      ),
    )
    expect(rows[0], name).toEqual({ found: 0 })
  }
})

test('a revoked key stays in the list as history, and revoking twice is once', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { id } = await issueKey(app, ada, { name: 'first' })
  await revokeKey(app, ada, id)
  const { revokedAt } = await getKey(app, ada, id)
  await revokeKey(app, ada, id)
  expect((await getKey(app, ada, id)).revokedAt).toEqual(revokedAt)
  expect(
    (await listKeys(app, ada, { ...all, status: 'revoked' })).data.map((key) => key.id),
  ).toEqual([id])
  expect((await listKeys(app, ada, { ...all, status: 'active' })).data).toEqual([])
})

test('a rotation keeps every right, the old key ends with its grace, and no slot is taken', async () => {
  await using app = await createTestApp({ now: '2026-03-01T12:00:00Z' })
  const ada = await makeCustomer(app, { plan: { max_api_keys: 1 } })
  const input = {
    name: 'first',
    scopes: ['users:read'],
    ip_allowlist: ['10.0.0.0/8'],
    rate_limit_per_minute: 7,
    monthly_limit: 70,
  }
  const old = await issueKey(app, ada, {
    ...input,
    expires_at: '2026-03-01T18:00:00Z',
    environment: 'test',
  })
  const rotated = await rotateKey(app, ada, old.id, 3600)
  const rights = async (key: string) => {
    const { keyId, keyPrefix, headers, revokedAt, ...rest } = (await findGrant(app, digestOf(key)))!
    return rest
  }
  expect(await rights(rotated.key)).toEqual(await rights(old.key))
  expect((await getKey(app, ada, old.id)).revokedAt).toEqual(new Date('2026-03-01T13:00:00Z'))
  app.setNow('2026-03-01T13:00:01Z')
  const again = await rotateKey(app, ada, rotated.id, 86_400)
  expect((await getKey(app, ada, rotated.id)).revokedAt).toEqual(new Date('2026-03-01T18:00:00Z'))
  await expect(issueKey(app, ada, { name: 'second' })).rejects.toMatchObject({
    code: 'key_limit_reached',
  })
  expect(again.expiresAt).toEqual(new Date('2026-03-01T18:00:00Z'))
})

test('two rotations of a key at once make one key each, never from a key that ended', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const old = await issueKey(app, ada, { name: 'first' })
  const attempts = await Promise.allSettled([
    rotateKey(app, ada, old.id, 60),
    rotateKey(app, ada, old.id, 60),
  ])
  expect(attempts.map((attempt) => attempt.status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('a grant tells the owner, the plan and the limits as they are now', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app, {
    plan: { rate_limit_per_minute: 100, rate_limit_burst: 5, requests_per_month: 10_000 },
  })
  const { key, digest, id } = await issueKey(app, ada, { name: 'first' })
  await updateUser(app, system, ada.userId, {
    metadata: { company_size: '10-50', café: 'x'.repeat(1) } as never,
  })
  expect(await findGrant(app, digest)).toMatchObject({
    keyId: id,
    planRateLimit: 100,
    planRateBurst: 5,
    quota: 10_000,
    ownerStatus: 'active',
  })
  expect((await findGrant(app, digest))!.headers).toEqual(
    expect.arrayContaining(['X-User-ID', ada.userId, 'X-User-Meta-Company-Size', '10-50']),
  )
  await suspendUser(app, system, ada.userId)
  expect((await findGrant(app, digestOf(key)))!.ownerStatus).toBe('suspended')
})

test('metadata becomes header values that no upstream can misread', () => {
  expect(
    metadataHeaders({ company_size: '10-50', n: 7, vip: true, note: 'é\r\nX-Evil: 1 100% ' }),
  ).toEqual([
    ...['X-User-Meta-Company-Size', '10-50', 'X-User-Meta-N', '7', 'X-User-Meta-Vip', 'true'],
    ...['X-User-Meta-Note', '%C3%A9%0D%0AX-Evil: 1 100%25%20'],
  ])
})

test('every family creates, lists and revokes; another tenant finds nothing', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const ada = await makeCustomer(app)
  const token = await signInAs(app, ada)
  const eve = await signInAs(app, await makeCustomer(app))
  const families = [
    ['/api/portal/keys', 'DELETE', ''],
    ['/api/v1/customer/api-keys', 'DELETE', ''],
    ['/api/dev/api-keys', 'POST', '/revoke'],
  ] as const
  for (const [path, method, suffix] of families) {
    const created = await call('POST', path, { token, body: { name: 'Backend' } })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      status: 'active',
      environment: 'live',
      scopes: ['*'],
      requests_this_month: 0,
    })
    expect(created.body.masked).toBe(
      `${created.body.key.slice(0, 12)}...${created.body.key.slice(-4)}`,
    )
    const list = await call('GET', path, { token })
    expect(list.body.data[0]).not.toHaveProperty('key')
    expect((await call(method, `${path}/${created.body.id}${suffix}`, { token: eve })).status).toBe(
      404,
    )
    expect((await call(method, `${path}/${created.body.id}${suffix}`, { token })).status).toBe(204)
    expect((await call('GET', path, { token: eve })).body.data).toEqual([])
    expect((await call('GET', path, {})).status).toBe(401)
    expect((await call('GET', path, { token: created.body.key })).status).toBe(401)
  }
  const admin = await call('POST', '/admin/keys', {
    token: app.adminToken,
    body: { user_id: ada.email, name: 'From us' },
  })
  expect(admin.status).toBe(201)
  expect(
    (
      await call('GET', `/admin/keys?user_id=${ada.userId}&status=active`, {
        token: app.adminToken,
      })
    ).body.data.length,
  ).toBe(1)
  expect(
    (await call('POST', '/admin/keys', { token, body: { user_id: ada.userId, name: 'x' } })).status,
  ).toBe(403)
})

test('bad input is refused by field, and unknown fields are not ignored', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const token = await signInAs(app, await makeCustomer(app))
  const body = {
    name: ' ',
    scopes: ['drop table'],
    ip_allowlist: ['300.1.1.1'],
    expires_at: 'soon',
    key: 'mine',
  }
  const answer = await call('POST', '/api/portal/keys', { token, body })
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((error: { path: string }) => error.path).sort()).toEqual([
    'expires_at',
    'ip_allowlist.0',
    'key',
    'name',
    'scopes.0',
  ])
  const past = await call('POST', '/api/portal/keys', {
    token,
    body: { name: 'x', expires_at: '2001-01-01T00:00:00Z' },
  })
  expect(past.body.errors[0].path).toBe('expires_at')
  for (const name of ['\u001b[2J', 'a\u202eb', 'a\u0085b']) {
    const unreadable = await call('POST', '/api/portal/keys', { token, body: { name } })
    expect(unreadable.body.errors).toEqual([
      { path: 'name', message: 'Leave out control characters' },
    ])
  }
})

test('customers create no keys when the operator said so', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  await setSetting(app, system, 'portal_allow_key_creation', false)
  await expect(issueKey(app, ada, { name: 'x' })).rejects.toMatchObject({
    code: 'key_creation_disabled',
  })
})

test('a change tells the gateway about this key', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const heard: unknown[] = []
  app.signals.listen((signal) => void heard.push(signal))
  const { id, digest } = await issueKey(app, ada, { name: 'x' })
  await updateKey(app, ada, id, { rate_limit_per_minute: 5 })
  await revokeKey(app, ada, id)
  expect(heard).toEqual(
    Array.from({ length: 3 }, () => ({ topic: 'keys', keyIds: [id], digests: [digest] })),
  )
})

test('rotating again and again makes no more keys than the plan allows', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app, { plan: { max_api_keys: 1 } })
  const first = await issueKey(app, ada, { name: 'first' })
  const second = await rotateKey(app, ada, first.id, 3600)
  await expect(rotateKey(app, ada, second.id, 3600)).rejects.toMatchObject({
    code: 'rotation_in_progress',
  })
  await revokeKey(app, ada, first.id)
  await rotateKey(app, ada, second.id, 3600)
})

test('an expired key comes back to life only where there is room for it', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app, { plan: { max_api_keys: 1 } })
  const soon = new Date(app.now().getTime() + 60_000).toISOString()
  const old = await issueKey(app, ada, { name: 'old', expires_at: soon })
  app.setNow(new Date(app.now().getTime() + 120_000))
  const next = await issueKey(app, ada, { name: 'next' })
  const revive = () => updateKey(app, ada, old.id, { expires_at: null })
  await expect(revive()).rejects.toMatchObject({ code: 'key_limit_reached' })
  await revokeKey(app, ada, next.id)
  expect(await revive()).toMatchObject({ expiresAt: null })
})

test('a cursor that is none of ours is refused', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const forged = Buffer.from('["x","y"]').toString('base64url')
  for (const cursor of ['x', forged]) {
    const query = { status: 'all', limit: 20, cursor } as const
    await expect(listKeys(app, ada, query)).rejects.toMatchObject({ code: 'validation_error' })
  }
})
