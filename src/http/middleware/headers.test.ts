import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { getSettings } from '../../features/settings/settings.ts'
import { contentSecurityPolicy } from './headers.ts'

test('a page runs scripts and takes styles from our files or with its nonce; only development is laxer', async () => {
  await using app = await createTestApp()
  const settings = await getSettings(app)
  const policy = contentSecurityPolicy(settings, 'once')
  expect(policy).toContain("script-src 'self' 'nonce-once'; style-src 'self' 'nonce-once'; ")
  expect(policy).toContain("connect-src 'self'; ")
  const inDevelopment = contentSecurityPolicy(settings, 'once', 'development')
  expect(inDevelopment).toContain(
    "script-src 'self' 'nonce-once'; style-src 'self' 'unsafe-inline'",
  )
})
