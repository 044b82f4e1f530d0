import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { makeCustomer, makeMember } from '../../../test/make.ts'
import { unseal } from '../../core/secret.ts'
import { auditLog } from '../audit/schema.ts'
import { webhookEndpoints } from './schema.ts'
import { createWebhook, getWebhook, listWebhooks, updateWebhook } from './webhooks.ts'

const input = { url: 'https://hooks.example.com/in/a-secret-path', events: ['*' as const] }

test('an address is https and public, sealed where it is stored, and masked where it is read', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  for (const url of [
    'http://hooks.example.com/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://a:b@example.com/',
  ])
    await expect(createWebhook(app, ada, { ...input, url })).rejects.toMatchObject({
      code: 'validation_error',
      details: { errors: [{ path: 'url' }] },
    })
  const made = await createWebhook(app, ada, input)
  expect(made).toMatchObject({ url: 'https://hooks.example.com/…path', enabled: true })
  expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const stored = JSON.stringify([
    await app.db.select().from(webhookEndpoints),
    await app.db.select().from(auditLog),
  ])
  expect(stored).not.toContain('a-secret-path')
  expect(stored).not.toContain(made.secret.slice(6))
  expect(await getWebhook(app, ada, made.id)).not.toHaveProperty('secret')
  await expect(
    updateWebhook(app, ada, made.id, { url: 'https://10.0.0.1/' }),
  ).rejects.toMatchObject({ code: 'validation_error' })
})

test('the masked address that was read changes nothing when it is sent back, and another is refused', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { id, url } = await createWebhook(app, ada, input)
  const storedUrl = async () => {
    const [row] = await app.db.select().from(webhookEndpoints)
    return unseal(app.secret, row!.url)
  }
  await updateWebhook(app, ada, id, { url, description: 'ours' })
  expect(await storedUrl()).toBe(input.url)
  for (const masked of [`${url}x`, 'https://other.example.com/…'])
    await expect(updateWebhook(app, ada, id, { url: masked })).rejects.toMatchObject({
      details: { errors: [{ path: 'url' }] },
    })
  await expect(createWebhook(app, ada, { ...input, url })).rejects.toMatchObject({
    code: 'validation_error',
  })
  await updateWebhook(app, ada, id, { url: 'https://hooks.example.com/new' })
  expect(await storedUrl()).toBe('https://hooks.example.com/new')
})

test('owner and developers change webhooks, a viewer reads them, and nobody else knows of them', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const [developer, viewer, billing] = [
    await makeMember(app, ada, 'developer'),
    await makeMember(app, ada, 'viewer'),
    await makeMember(app, ada, 'billing'),
  ]
  const eve = await makeCustomer(app)
  const { id } = await createWebhook(app, developer, input)
  expect((await listWebhooks(app, viewer, { limit: 20 })).data).toHaveLength(1)
  for (const other of [viewer, billing])
    await expect(updateWebhook(app, other, id, { enabled: false })).rejects.toMatchObject({
      status: 403,
    })
  await expect(getWebhook(app, eve, id)).rejects.toMatchObject({ status: 404 })
  for (let made = 1; made < 10; made++) await createWebhook(app, ada, input)
  await expect(createWebhook(app, ada, input)).rejects.toMatchObject({
    code: 'webhook_limit_reached',
  })
})
