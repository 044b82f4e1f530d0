import { expect, test } from 'vitest'
import { afterSignIn } from './after-sign-in.ts'

const target = (next: string | null, role: 'customer' | 'admin' = 'customer') =>
  afterSignIn(next, role, 'portal.test').headers.get('location')

test('a person goes on to a page of ours, and never off this site', () => {
  expect(target('/keys?status=all')).toBe('/keys?status=all')
  expect(target('/admin/users')).toBe('//portal.test/admin/users')
  expect(target(null, 'admin')).toBe('//portal.test/admin')
  for (const evil of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    'evil',
    ' //evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/keys\\..\\..\\evil.example',
    '/a\r\nSet-Cookie: x=1',
    '',
  ]) {
    expect(target(evil), evil).toBe('/')
  }
})

test('what is encoded stays encoded, and so leads to a path of ours', () => {
  for (const path of [
    '/%2F/evil.example',
    '/%5Cevil.example',
    '/%0d%0aSet-Cookie:x=1',
    '/%2e%2e//evil.example',
  ])
    expect(target(path)).toBe(path)
})
