import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { makeCustomer, signInAs, system } from '../../../test/make.ts'
import { choicesOf, parseSetting, showSetting } from './setting-text.ts'
import { getSetting, setSetting, setSettings } from './settings.ts'

test('a setting is typed, changes at once, and goes back to its default', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const token = app.adminToken
  expect((await call('GET', '/admin/settings/key_prefix', { token })).body).toMatchObject({
    value: 'ak',
    default: 'ak',
    is_set: false,
  })
  const changed = await call('PUT', '/admin/settings/key_prefix', {
    token,
    body: { value: 'IAFK' },
  })
  expect(changed.body).toMatchObject({ value: 'IAFK', is_set: true })
  expect(await getSetting(app, 'key_prefix')).toBe('IAFK')
  expect((await call('DELETE', '/admin/settings/key_prefix', { token })).status).toBe(204)
  expect(await getSetting(app, 'key_prefix')).toBe('ak')
})

test('what is read of each setting can be written back, and lists of numbers as numbers', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const token = app.adminToken
  const { body: list } = await call('GET', '/admin/settings', { token })
  for (const { key, value, is_secret } of list.data) {
    if (is_secret) continue
    const answer = await call('PUT', `/admin/settings/${key}`, { token, body: { value } })
    expect([key, answer.status, answer.body.value]).toEqual([key, 200, value])
  }
  const put = (value: unknown) =>
    call('PUT', '/admin/settings/quota_warning_thresholds', { token, body: { value } })
  expect((await put([90, 75, 90])).body.value).toEqual([75, 90])
  for (const bad of [[0], [101], ['many']])
    expect((await put(bad)).body.detail).toContain('Use whole numbers from 50 to 100')
})

test('a bad value is refused with the reason, and an unknown setting is not found', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const put = (key: string, value: unknown) =>
    call('PUT', `/admin/settings/${key}`, { token: app.adminToken, body: { value } })
  expect(await put('portal_base_path', '/admin/x')).toMatchObject({
    status: 422,
    body: { code: 'validation_error' },
  })
  expect((await put('portal_base_path', '/admin/x')).body.detail).toContain('taken by the gateway')
  expect((await put('portal_primary_color', 'blue')).status).toBe(422)
  expect((await put('session_duration_hours', 'long')).status).toBe(422)
  expect((await put('no_such_thing', 1)).status).toBe(404)
})

test('a customer changes no settings, and switched-off parts of the portal are gone from the API', async () => {
  await using app = await createTestApp()
  const { call } = openDoor(app)
  const token = await signInAs(app, await makeCustomer(app))
  expect(
    (await call('PUT', '/admin/settings/key_prefix', { token, body: { value: 'x' } })).status,
  ).toBe(403)
  expect((await call('GET', '/api/portal/usage', { token })).status).toBe(200)
  await call('PUT', '/admin/settings/portal_show_usage', {
    token: app.adminToken,
    body: { value: false },
  })
  for (const path of [
    '/api/portal/usage',
    '/api/portal/logs',
    '/api/dev/overview',
    '/api/v1/customer/usage-stats',
  ]) {
    expect((await call('GET', path, { token })).status, path).toBe(404)
  }
  await call('PUT', '/admin/settings/portal_enabled', {
    token: app.adminToken,
    body: { value: false },
  })
  expect((await call('GET', '/api/portal/keys', { token })).status).toBe(404)
})

test('a setting that is emptied is as if it had never been set, also a secret', async () => {
  await using app = await createTestApp()
  for (const [key, value] of [
    ['portal_logo_url', 'https://example.com/logo.svg'],
    ['sso_client_secret', 'secret'],
  ] as const) {
    await setSetting(app, system, key, value)
    expect(await getSetting(app, key)).toBe(value)
    await setSetting(app, system, key, null)
    expect(await getSetting(app, key)).toBeNull()
  }
})

test('a line of text is read by the type of its setting', () => {
  expect(parseSetting('portal_enabled', 'false')).toBe(false)
  expect(parseSetting('session_duration_hours', '48')).toBe(48)
  expect(parseSetting('portal_company_name', '42')).toBe('42')
  expect(parseSetting('portal_logo_url', '')).toBeNull()
  expect(parseSetting('trusted_proxies', '10.0.0.0/8, ::1')).toEqual(['10.0.0.0/8', '::1'])
  expect(parseSetting('trusted_proxies', '["10.0.0.1"]')).toEqual(['10.0.0.1'])
  expect(parseSetting('trusted_proxies', '')).toEqual([])
  expect(parseSetting('session_secure_cookie', 'auto')).toBe('auto')
  expect(showSetting(['a', 'b'])).toBe('a, b')
  const map = { '/ops=1': 'admin', desk: 'agent' }
  expect(parseSetting('sso_role_map', '/ops=1=admin, desk = agent')).toEqual(map)
  expect(parseSetting('sso_role_map', JSON.stringify(map))).toEqual(map)
  expect(parseSetting('sso_role_map', '')).toEqual({})
  expect(showSetting(map)).toBe('/ops=1=admin, desk=agent')
})

test('several settings change together or not at all, and each bad one is named', async () => {
  await using app = await createTestApp()
  const bad = { key_prefix: 'zz', password_min_length: 1, portal_primary_color: 'blue' }
  await expect(setSettings(app, system, bad)).rejects.toMatchObject({
    details: { errors: [{ path: 'password_min_length' }, { path: 'portal_primary_color' }] },
  })
  expect(await getSetting(app, 'key_prefix')).toBe('ak')
  await setSettings(app, system, { key_prefix: 'zz', password_min_length: 10 })
  expect(await getSetting(app, 'key_prefix')).toBe('zz')
  expect(await getSetting(app, 'password_min_length')).toBe(10)
})

test('a setting that takes a few words alone offers them', () => {
  expect(choicesOf('portal_enabled')).toEqual(['true', 'false'])
  expect(choicesOf('session_secure_cookie')).toEqual(['true', 'false', 'auto'])
  expect(choicesOf('session_same_site')).toEqual(['lax', 'strict', 'none'])
  expect(choicesOf('portal_company_name')).toBeNull()
})
