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
    'evil',
    '/\t/evil.example',
    '/a\r\nSet-Cookie: x=1',
    '',
  ]) {
    expect(target(evil), evil).toBe('/')
  }
})
