import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../../test/app.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { type Customer, makeCustomer } from '../../../test/make.ts'
import { type Received, startReceiver } from '../../../test/receiver.ts'
import { issueKey } from '../keys/issue-key.ts'
import { notices } from '../notices/schema.ts'
import { attemptDelivery } from './deliver.ts'
import { listDeliveries, replayDelivery, testWebhook } from './deliveries.ts'
import { resumeDeliveries } from './due-deliveries.ts'
import { webhookDeliveries } from './schema.ts'
import { createWebhook, getWebhook, rotateSecret, updateWebhook } from './webhooks.ts'

const start = Date.parse('2026-11-10T12:00:00Z')
const minuteMs = 60_000

/** Lets the clock go on, minute by minute, and does what is due. */
async function pass(app: TestApp, from: number, minutes: number): Promise<number> {
  for (let minute = 1; minute <= minutes; minute++) {
    app.setNow(new Date(from + minute * minuteMs))
    await resumeDeliveries(app)
    await runAnnounced(app)
  }
  return from + minutes * minuteMs
}

async function setUp(events: ['*'] | ['key.created'] = ['*']) {
  const app = await createTestApp({ now: new Date(start).toISOString() })
  const ada = await makeCustomer(app)
  const receiver = await startReceiver(app)
  const webhook = await createWebhook(app, ada, { url: receiver.url, events })
  const dispose = async () => {
    await receiver[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  }
  return { app, ada, receiver, webhook, [Symbol.asyncDispose]: dispose }
}

/** Reads a message as a customer's server does, with the library for it, when it comes. */
function verify(secret: string, { headers, body, time }: Received, at = time.getTime()) {
  vi.useFakeTimers({ now: at, toFake: ['Date'] })
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>) as {
      type: string
      data: { name: string }
    }
  } finally {
    vi.useRealTimers()
  }
}

const allOf = async (app: TestApp, ada: Customer, id: string) =>
  (await listDeliveries(app, ada, id, { limit: 100 })).data

test('an event arrives once, signed, at those endpoints of its organization that want it', async () => {
  await using world = await setUp(['key.created'])
  const { app, ada, receiver, webhook } = world
  const eve = await makeCustomer(app)
  await createWebhook(app, eve, { url: `${receiver.url}/eve`, events: ['*'] })
  await createWebhook(app, ada, { url: `${receiver.url}/plan`, events: ['plan.changed'] })
  await issueKey(app, ada, { name: 'first' })
  await runAnnounced(app)
  await runAnnounced(app)
  const [{ id } = { id: '' }] = await app.db.select().from(webhookDeliveries)
  await Promise.all([attemptDelivery(app, id), attemptDelivery(app, id)])
  expect(receiver.received).toHaveLength(1)
  const [message] = receiver.received
  expect(verify(webhook.secret, message!)).toEqual({
    ...{ type: 'key.created', timestamp: '2026-11-10T12:00:00.000Z', severity: 'info' },
    organization_id: ada.organizationId,
    data: expect.objectContaining({ name: 'first', environment: 'live' }),
  })
  const [notice] = await app.db.select().from(notices)
  expect(message!.headers['webhook-id']).toBe(notice!.id)
  expect(() => verify(webhook.secret, message!, start + 6 * minuteMs)).toThrow()
  expect(() => verify(webhook.secret, { ...message!, body: `${message!.body} ` })).toThrow()
  expect(message!.body).not.toMatch(/ak_live_[0-9A-Za-z]{49}/)
})

test('a server that fails for an hour gets every event in the end, each attempt fresh, each event once by its id', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  const applied = new Map<string, string>()
  receiver.answer = (response) => void response.writeHead(503).end('not now')
  for (const name of ['a', 'b', 'c']) await issueKey(app, ada, { name })
  await runAnnounced(app)
  await runAnnounced(app)
  let now = await pass(app, start, 60)
  expect((await getWebhook(app, ada, webhook.id)).failing_since).not.toBeNull()
  receiver.answer = (response) => {
    const { headers, body } = receiver.received.at(-1)!
    applied.set(String(headers['webhook-id']), JSON.parse(body).data.name)
    // One answer is lost on the way, so that the event comes again.
    if (applied.size === 1) response.destroy()
    else response.writeHead(200).end('thanks')
  }
  now = await pass(app, now, 8 * 60)
  expect([...applied.values()].sort()).toEqual(['a', 'b', 'c'])
  const deliveries = await allOf(app, ada, webhook.id)
  expect(deliveries.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered'])
  expect((await getWebhook(app, ada, webhook.id)).failing_since).toBeNull()
  for (const message of receiver.received) verify(webhook.secret, message)
  const ofA = receiver.received.filter(({ body }) => JSON.parse(body).data.name === 'a')
  const stamps = ofA.map(({ headers }) => Number(headers['webhook-timestamp']))
  expect(stamps.length).toBeGreaterThan(3)
  expect(new Set(stamps).size).toBe(stamps.length)
  expect(new Set(ofA.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  const waits = stamps.slice(1).map((stamp, at) => stamp - stamps[at]!)
  expect(waits).toEqual(waits.toSorted((a, b) => a - b))
}, 120_000)

test('a server that answers 410 is not called again, and its owner is told once', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  receiver.answer = (response) => void response.writeHead(410).end()
  for (const name of ['a', 'b']) await issueKey(app, ada, { name })
  await runAnnounced(app)
  await runAnnounced(app)
  await pass(app, start, 20)
  expect(receiver.received.length).toBeLessThanOrEqual(2)
  expect(await getWebhook(app, ada, webhook.id)).toMatchObject({
    ...{ enabled: false, disabled_reason: 'gone' },
  })
  expect((await allOf(app, ada, webhook.id)).map(({ status }) => status)).toEqual([
    ...['failed', 'failed'],
  ])
  const told = (await app.db.select().from(notices)).filter(
    ({ type }) => type === 'webhook.disabled',
  )
  expect(told.map(({ data }) => data)).toEqual([
    { endpoint_id: webhook.id, host: '127.0.0.1', reason: 'gone' },
  ])
  await expect(testWebhook(app, ada, webhook.id)).rejects.toMatchObject({
    code: 'webhook_disabled',
  })
  await issueKey(app, ada, { name: 'c' })
  await runAnnounced(app)
  receiver.answer = (response) => void response.writeHead(200).end()
  await updateWebhook(app, ada, webhook.id, { enabled: true })
  const [missed] = await allOf(app, ada, webhook.id)
  const before = receiver.received.length
  await replayDelivery(app, ada, missed!.id)
  await runAnnounced(app)
  expect(receiver.received).toHaveLength(before + 1)
  expect(receiver.received.at(-1)!.headers['webhook-id']).toBe(missed!.webhook_id)
}, 60_000)

test('nothing bad comes of a server that redirects inside, sends a gigabyte or breaks off', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  const testAs = async (answer: typeof receiver.answer) => {
    receiver.answer = answer
    return (await testWebhook(app, ada, webhook.id)).attempts
  }
  expect(
    await testAs((response) => {
      response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    }),
  ).toMatchObject([{ status: 307, failure: null }])
  const [poured] = await testAs((response) => {
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  })
  expect([poured!.status, poured!.response.length]).toEqual([200, 1024])
  expect(await testAs((response) => void response.destroy())).toMatchObject([
    { status: null, failure: 'connection_failed' },
  ])
  expect(await testAs((response) => void response.end('a\0b'))).toMatchObject([{ response: 'ab' }])
  expect((await getWebhook(app, ada, webhook.id)).failing_since).toBeNull()
  expect(receiver.received).toHaveLength(4)
})

test('after a rotation both secrets sign, until the former one ends', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  const { secret } = await rotateSecret(app, ada, webhook.id, { overlap_hours: 24 })
  expect(secret).not.toBe(webhook.secret)
  await testWebhook(app, ada, webhook.id)
  for (const one of [secret, webhook.secret])
    expect(verify(one, receiver.received[0]!)).toMatchObject({ type: 'webhook.test' })
  app.setNow(new Date(start + 24 * 60 * minuteMs))
  await testWebhook(app, ada, webhook.id)
  expect(verify(secret, receiver.received[1]!)).toMatchObject({ type: 'webhook.test' })
  expect(() => verify(webhook.secret, receiver.received[1]!)).toThrow()
})

test('a rotation sent twice ends no secret before its time; one without overlap ends them all', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  const rotate = (overlap_hours: number) => rotateSecret(app, ada, webhook.id, { overlap_hours })
  const [first, second] = await Promise.all([rotate(24), rotate(24)])
  await testWebhook(app, ada, webhook.id)
  for (const { secret } of [webhook, first, second])
    expect(verify(secret, receiver.received[0]!)).toMatchObject({ type: 'webhook.test' })
  const last = await rotate(0)
  expect(last.former_secret_until).toBeNull()
  await testWebhook(app, ada, webhook.id)
  expect(receiver.received[1]!.headers['webhook-signature']).not.toContain(' ')
  expect(verify(last.secret, receiver.received[1]!)).toMatchObject({ type: 'webhook.test' })
})

type Receiver = Awaited<ReturnType<typeof startReceiver>>

/** Answers the first call only when told, and the others at once. */
function holdFirst(receiver: Receiver) {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  receiver.answer = (response) => {
    receiver.answer = (other) => void other.writeHead(503).end()
    resolve(response)
  }
  return promise
}

test('a success that another failure overtakes says all the same that the endpoint works', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  for (const name of ['a', 'b']) await issueKey(app, ada, { name })
  await runAnnounced(app)
  const first = holdFirst(receiver)
  const [a, b] = await app.db.select().from(webhookDeliveries)
  const slow = attemptDelivery(app, a!.id)
  const answer = await first
  await attemptDelivery(app, b!.id)
  expect((await getWebhook(app, ada, webhook.id)).failing_since).not.toBeNull()
  answer.writeHead(200).end()
  await slow
  expect((await getWebhook(app, ada, webhook.id)).failing_since).toBeNull()
})

test('no attempt is forgotten when a delivery is replayed while it is under way', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  await issueKey(app, ada, { name: 'a' })
  await runAnnounced(app)
  const first = holdFirst(receiver)
  const [{ id } = { id: '' }] = await app.db.select().from(webhookDeliveries)
  const slow = attemptDelivery(app, id)
  const answer = await first
  await replayDelivery(app, ada, id)
  await attemptDelivery(app, id)
  answer.writeHead(200).end()
  await slow
  const [delivery] = await allOf(app, ada, webhook.id)
  expect(delivery!.attempts.map(({ status }) => status)).toEqual([503, 200])
})

test('another address begins without the failures of the former', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  receiver.answer = (response) => void response.writeHead(503).end()
  await issueKey(app, ada, { name: 'a' })
  for (let round = 0; round < 2; round++) await runAnnounced(app)
  expect((await getWebhook(app, ada, webhook.id)).failing_since).not.toBeNull()
  const changed = await updateWebhook(app, ada, webhook.id, { url: `${receiver.url}/new` })
  expect(changed.failing_since).toBeNull()
})

test('after five days without success an endpoint is switched off; a busy server is asked when it says', async () => {
  await using world = await setUp()
  const { app, ada, receiver, webhook } = world
  const twoHours = new Date(start + 120 * minuteMs).toUTCString()
  for (const [name, asked, minutes] of [
    ['a', '3600', 60],
    ['b', twoHours, 120],
    ['c', 'soon', 0],
  ] as const) {
    receiver.answer = (response) => void response.writeHead(429, { 'retry-after': asked }).end()
    await issueKey(app, ada, { name })
    await runAnnounced(app)
    await runAnnounced(app)
    const waiting = (await allOf(app, ada, webhook.id)).find(({ payload }) =>
      JSON.stringify(payload).includes(`"name":"${name}"`),
    )
    const waitMinutes = (Date.parse(waiting!.next_attempt_at!) - start) / minuteMs
    expect(Math.floor(waitMinutes)).toBe(minutes)
  }
  app.setNow(new Date(start + 4 * 24 * 60 * minuteMs))
  await issueKey(app, ada, { name: 'b' })
  await runAnnounced(app)
  await runAnnounced(app)
  await resumeDeliveries(app)
  await runAnnounced(app)
  expect((await getWebhook(app, ada, webhook.id)).enabled).toBe(true)
  app.setNow(new Date(start + 5 * 24 * 60 * minuteMs))
  await resumeDeliveries(app)
  await runAnnounced(app)
  expect(await getWebhook(app, ada, webhook.id)).toMatchObject({ disabled_reason: 'failing' })
})
