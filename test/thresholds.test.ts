import { sql } from 'drizzle-orm'
import { simpleParser } from 'mailparser'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { compose, type Running } from '../src/compose.ts'
import type { App } from '../src/core/app.ts'
import { parseConfig } from '../src/core/config.ts'
import { unseal } from '../src/core/secret.ts'
import { jobs } from '../src/features/index.ts'
import { issueKey } from '../src/features/keys/issue-key.ts'
import { noticeWritten } from '../src/features/notices/events.ts'
import { notices } from '../src/features/notices/schema.ts'
import { updateAlertPreferences } from '../src/features/notifications/alert-preferences.ts'
import { listNotes } from '../src/features/notifications/notes.ts'
import { createRoute } from '../src/features/upstreams/routes.ts'
import { createUpstream } from '../src/features/upstreams/upstreams.ts'
import { webhookEndpoints } from '../src/features/webhooks/schema.ts'
import { startUpstream } from './gateway.ts'
import { openMailServer } from './mail-server.ts'
import { makeCustomer, system } from './make.ts'
import { startReceiver } from './receiver.ts'
import { createTestSite } from './site.ts'

const [quota, clients, callsEach] = [400, 64, 10]

/** The whole product on one port, as `apigate serve` runs it, without the pages. */
async function startProduct(smtpUrl: string) {
  const site = await createTestSite({ isMigrated: true })
  const env = { ...site.env, APIGATE_HOST: '127.0.0.1', APIGATE_PORT: '0', APIGATE_WORKERS: '2' }
  const running: Running = await compose(parseConfig({ ...env, SMTP_URL: smtpUrl }), {
    pages: async () => new Response(),
    assets: (_, next) => next(),
    version: '0.0.0-test',
    threadEntry: new URL('../src/gateway/thread.ts', import.meta.url),
  })
  return Object.assign(running, {
    [Symbol.asyncDispose]: async () => {
      await running.close()
      await site[Symbol.asyncDispose]()
    },
  })
}

/** How often each answer came when 64 clients called at once, each time after time. */
async function callTogether(url: string, key: string): Promise<Record<number, number>> {
  const counts: Record<number, number> = {}
  const client = async () => {
    for (let call = 0; call < callsEach; call++) {
      const answer = await fetch(`${url}/v1/x`, { headers: { 'x-api-key': key } })
      await answer.arrayBuffer()
      counts[answer.status] = (counts[answer.status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return counts
}

/** Waits until this many calls are recorded, and all that they brought about is done. */
async function settle(app: App, calls: number): Promise<void> {
  const reactions = jobs.filter(({ on }) => on).map(({ name }) => name)
  const ask = async (query: ReturnType<typeof sql>) =>
    (await app.db.execute<{ n: number }>(query)).rows[0]!.n
  const logged = () => ask(sql`select count(*)::integer as n from request_logs`)
  await expect.poll(logged, { timeout: 10_000 }).toBe(calls)
  const waiting = () =>
    ask(sql`select count(*)::integer as n from pgboss.job where state < 'completed'
      and name in (select jsonb_array_elements_text(${JSON.stringify(reactions)}::jsonb))`)
  await expect.poll(waiting, { timeout: 20_000, interval: 100 }).toBe(0)
}

/** Does all that the clock brings about, and spreads once more what was told. */
async function runJobsAgain(app: App): Promise<void> {
  for (const { cron, run } of jobs) if (cron) await run(app, {})
  for (const { id } of await app.db.select().from(notices))
    await app.jobs.announce(noticeWritten, { noticeId: id })
}

const isAlert = ({ type }: { type: string }) => type.startsWith('quota.')
const both = [
  ['quota.exhausted', 100],
  ['quota.warning', 80],
]

test('a customer crosses 80 % and 100 % under 64 clients at once: each is told once by every channel, and the quota holds', {
  timeout: 90_000,
}, async () => {
  await using mailServer = await openMailServer()
  await using product = await startProduct(mailServer.url)
  const { app } = product
  // Slow enough for the calls to be recorded in several batches.
  await using upstream = await startUpstream((_, response) =>
    setTimeout(() => response.end('ok'), 150),
  )
  await using slack = await startReceiver(app)
  await using hook = await startReceiver(app)
  await createUpstream(app, system, { name: 'api', url: upstream.url })
  await createRoute(app, system, { name: 'all', path: '/v1/*', upstream: 'api' })
  const plan = { requests_per_month: quota, quota_enforcement: 'hard' as const }
  const ada = await makeCustomer(app, { plan })
  await updateAlertPreferences(app, ada, {
    slack: { enabled: true, webhook_url: slack.url },
    webhook: { enabled: true, url: hook.url },
    severities: ['warning', 'critical'],
  })
  const { key } = await issueKey(app, ada, { name: 'load' })
  const url = `http://127.0.0.1:${product.port}`

  const calls = clients * callsEach
  expect(await callTogether(url, key)).toEqual({ 200: quota, 429: calls - quota })
  await settle(app, calls)
  const told = await whatWasTold()
  expect(told.mails).toEqual([
    [
      '80 % of your requests are used',
      expect.stringMatching(/You have used (3[2-9]\d|400) of 400/),
    ],
    ['All of your requests are used', expect.stringContaining('You have used 400 of 400')],
  ])
  expect(told.notes).toEqual(both)
  expect(told.slack).toEqual(['80 % of your requests are used', 'All of your requests are used'])
  expect(told.hook).toEqual(both)

  expect(await callTogether(url, key)).toEqual({ 429: calls })
  await settle(app, 2 * calls)
  await runJobsAgain(app)
  await settle(app, 2 * calls)
  expect(await whatWasTold()).toEqual(told)
  expect(upstream.seen).toHaveLength(quota)

  async function whatWasTold() {
    const mails = await Promise.all(mailServer.received.map((source) => simpleParser(source)))
    const [endpoint] = await app.db.select().from(webhookEndpoints)
    const signed = new Webhook(unseal(app.secret, endpoint!.secret))
    const messages = hook.received.map(
      ({ body, headers }) => signed.verify(body, headers as Record<string, string>) as Message,
    )
    const { data: notes } = await listNotes(app, ada, { limit: 100 })
    return {
      mails: mails.map(({ subject, text }) => [subject, text]).sort(),
      notes: notes.filter(isAlert).map(thresholdOf).sort(),
      slack: slack.received.map(({ body }) => /\*(.+)\*/.exec(JSON.parse(body).text)![1]).sort(),
      hook: messages.map(thresholdOf).sort(),
    }
  }
})

type Message = { type: string; data: Record<string, unknown> }
const thresholdOf = ({ type, data }: Message) => [type, data.threshold]
