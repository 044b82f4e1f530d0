import { expect, test } from 'vitest'
import { authorize, compileAllowlist, hasScope } from './authorize.ts'
import type { Grant, RouteMatch } from './contract.ts'

const grant: Grant = {
  ...{
    keyId: 'key',
    keyPrefix: 'ak_live_x',
    environment: 'live',
    organizationId: 'org',
    userId: 'usr',
    planId: 'pln',
  },
  ...{
    expiresAt: null,
    revokedAt: null,
    ownerStatus: 'active',
    scopes: ['*'],
    ipAllowlist: [],
    keyRateLimit: null,
  },
  ...{
    planRateLimit: null,
    planRateBurst: 0,
    keyMonthlyLimit: null,
    quota: null,
    quotaEnforcement: 'hard',
    headers: [],
  },
}
const route = { scopes: [] as string[] } as RouteMatch

function code(change: Partial<Grant>, ip = '203.0.113.5', at = 1000) {
  const changed = { ...grant, ...change }
  return authorize(
    changed,
    compileAllowlist(changed.ipAllowlist),
    route,
    'GET',
    '/v1/users',
    ip,
    at,
  )?.code
}

test('each reason has its code, and the order is that of the contract', () => {
  expect(code({})).toBeUndefined()
  expect(code({ revokedAt: 1000, expiresAt: 1 })).toBe('key_revoked')
  expect(code({ expiresAt: 1000, ownerStatus: 'suspended' })).toBe('key_expired')
  expect(code({ ownerStatus: 'suspended', planId: null })).toBe('user_suspended')
  expect(code({ ownerStatus: 'pending' })).toBe('email_unverified')
  expect(code({ planId: null })).toBe('no_active_plan')
  expect(code({ ipAllowlist: ['10.0.0.0/8'], scopes: ['write'] })).toBe('ip_not_allowed')
  expect(code({ scopes: ['write'] })).toBe('insufficient_scope')
})

test('a key that ends in the future works until that very moment', () => {
  expect(code({ revokedAt: 1001 })).toBeUndefined()
  expect(code({ expiresAt: 1001 })).toBeUndefined()
})

test('an allowlist knows addresses, ranges, IPv6 and IPv4 written as IPv6', () => {
  const ipAllowlist = ['198.51.100.7', '10.0.0.0/8', '2001:db8::/32']
  for (const ip of ['198.51.100.7', '10.255.0.1', '::ffff:10.1.2.3', '2001:DB8:0:1::9']) {
    expect(code({ ipAllowlist }, ip), ip).toBeUndefined()
  }
  for (const ip of ['198.51.100.8', '11.0.0.1', '2001:db9::1', 'unknown']) {
    expect(code({ ipAllowlist }, ip), ip).toBe('ip_not_allowed')
  }
})

test('scopes open methods, resources and operations', () => {
  const opens = (scopes: string[], method: string, path = '/v1/users/7', own: string[] = []) =>
    hasScope(scopes, { ...route, scopes: own }, method, path)
  expect(opens(['read'], 'GET')).toBe(true)
  expect(opens(['read'], 'POST')).toBe(false)
  expect(opens(['write'], 'DELETE')).toBe(true)
  expect(opens(['write'], 'GET')).toBe(false)
  expect(opens(['users:read'], 'HEAD')).toBe(true)
  expect(opens(['users:read'], 'GET', '/users')).toBe(true)
  expect(opens(['orders:read'], 'GET')).toBe(false)
  expect(opens(['read'], 'GET', '/v1/users', ['listUsers'])).toBe(false)
  expect(opens(['listUsers'], 'GET', '/v1/users', ['listUsers'])).toBe(true)
})
