import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { makeCustomer } from '../../../test/make.ts'
import { startReceiver } from '../../../test/receiver.ts'
import { issueKey } from '../keys/issue-key.ts'
import { workOnDelivery } from './due-deliveries.ts'
import { webhookDeliveries } from './schema.ts'
import { createWebhook } from './webhooks.ts'

test('an organization whose servers hang has four messages under way, and keeps nobody waiting', async () => {
  await using app = await createTestApp()
  await using hanging = await startReceiver(app)
  await using quick = await startReceiver(app)
  const [ada, eve] = [await makeCustomer(app), await makeCustomer(app)]
  for (const path of ['a', 'b', 'c'])
    await createWebhook(app, ada, { url: `${hanging.url}/${path}`, events: ['*'] })
  await createWebhook(app, eve, { url: quick.url, events: ['*'] })
  for (let i = 0; i < 5; i++) await issueKey(app, ada, { name: `key ${i}` })
  await issueKey(app, eve, { name: 'key' })
  await runAnnounced(app)
  const waiting: ServerResponse[] = []
  hanging.answer = (response) => void waiting.push(response)
  app.announced.splice(0)
  const deliveries = await app.db.select().from(webhookDeliveries)
  expect(deliveries).toHaveLength(16)
  const work = Promise.all(deliveries.map(({ id }) => workOnDelivery(app, id)))
  await expect.poll(() => [quick.received.length, waiting.length]).toEqual([1, 4])
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(waiting).toHaveLength(4)
  hanging.answer = (response) => void response.writeHead(204).end()
  for (const response of waiting) response.writeHead(204).end()
  await work
  // Each that ended has called for the next, and so on to the last.
  while (app.announced.length > 0) await runAnnounced(app)
  expect(hanging.received).toHaveLength(15)
  const left = await app.db.select().from(webhookDeliveries)
  expect(new Set(left.map(({ status }) => status))).toEqual(new Set(['delivered']))
})
