import { expect, test } from 'vitest'
import { createTestApp } from '../../../test/app.ts'
import { openDoor } from '../../../test/door.ts'
import { runAnnounced } from '../../../test/jobs.ts'
import { makeCustomer, makeMember, signInAs, system } from '../../../test/make.ts'
import { startReceiver } from '../../../test/receiver.ts'
import { aRecord, recordAll } from '../../../test/usage.ts'
import { mails } from '../../core/mail/schema.ts'
import { auditLog } from '../audit/schema.ts'
import { issueKey } from '../keys/issue-key.ts'
import { notices } from '../notices/schema.ts'
import { setSetting } from '../settings/settings.ts'
import { getAlertPreferences, updateAlertPreferences } from './alert-preferences.ts'
import { countUnread } from './notes.ts'
import { alertPreferences } from './schema.ts'

const usual = {
  email: { enabled: true },
  slack: { enabled: false, webhook_url: null },
  webhook: { enabled: false, url: null },
  severities: ['info', 'warning', 'critical'],
  thresholds: [80, 100],
}
const slackUrl = 'https://hooks.slack.com/services/T000/B000/a-secret-of-slack'

test('alert preferences are read and written the same in both families, with addresses masked', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { call } = openDoor(app)
  const token = await signInAs(app, ada)
  const [portal, customer] = ['/api/portal/alert-preferences', '/api/v1/customer/alert-preferences']
  expect((await call('GET', customer, { token })).body).toEqual(usual)
  await setSetting(app, system, 'quota_warning_thresholds', [75])
  expect((await call('GET', portal, { token })).body.thresholds).toEqual([75])
  const wanted = {
    email: { enabled: false },
    slack: { enabled: true, webhook_url: slackUrl },
    webhook: { enabled: true, url: 'https://hooks.example.com/a-secret-path' },
    severities: ['critical', 'warning'],
    thresholds: [100, 50, 90, 90],
  }
  const masked = {
    ...wanted,
    slack: { enabled: true, webhook_url: 'https://hooks.slack.com/…lack' },
    webhook: { enabled: true, url: 'https://hooks.example.com/…path' },
    severities: ['warning', 'critical'],
    thresholds: [50, 90, 100],
  }
  const put = await call('PUT', customer, { token, body: wanted })
  expect([put.status, put.body]).toEqual([200, masked])
  // What was read can be sent back, and means the same.
  expect((await call('PUT', portal, { token, body: put.body })).body).toEqual(masked)
  expect((await call('GET', portal, { token })).body).toEqual(masked)
  const stored = JSON.stringify([
    await app.db.select().from(alertPreferences),
    await app.db.select().from(auditLog),
  ])
  expect(stored).not.toMatch(/a-secret/)
  const none = {
    slack: { enabled: false, webhook_url: null },
    webhook: { enabled: false, url: null },
  }
  expect((await call('PUT', portal, { token, body: none })).body).toMatchObject(none)
})

test('two who change different things at once do not undo each other', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const url = 'https://hooks.example.com/in/a-path'
  await Promise.all(
    [
      { email: { enabled: false } },
      { slack: { enabled: true, webhook_url: slackUrl } },
      { webhook: { enabled: true, url } },
      { webhook: { enabled: true, url } },
      { severities: ['critical' as const] },
      { thresholds: [60] },
    ].map((input) => updateAlertPreferences(app, ada, input)),
  )
  expect(await getAlertPreferences(app, ada)).toMatchObject({
    ...{ email: { enabled: false }, slack: { enabled: true }, webhook: { enabled: true } },
    ...{ severities: ['critical'], thresholds: [60] },
  })
})

test('a preference that cannot be is refused at its field', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  const { call } = openDoor(app)
  const token = await signInAs(app, ada)
  const bad: [object, string][] = [
    [{ slack: { enabled: true } }, 'slack.webhook_url'],
    [{ slack: { enabled: true, webhook_url: 'http://hooks.slack.com/x' } }, 'slack.webhook_url'],
    [{ webhook: { enabled: true, url: 'https://169.254.169.254/' } }, 'webhook.url'],
    [{ webhook: { enabled: true, url: 'https://localhost/' } }, 'webhook.url'],
    [{ thresholds: [49] }, 'thresholds.0'],
    [{ thresholds: [80, 101] }, 'thresholds.1'],
    [{ thresholds: [] }, 'thresholds'],
    [{ severities: ['fatal'] }, 'severities.0'],
    [{ pager: { enabled: true } }, 'pager'],
  ]
  for (const [body, path] of bad) {
    const answer = await call('PUT', '/api/portal/alert-preferences', { token, body })
    expect([answer.status, answer.body.errors[0].path]).toEqual([422, path])
  }
  expect(await getAlertPreferences(app, ada)).toEqual(usual)
  const developer = await makeMember(app, ada, 'developer')
  await expect(
    updateAlertPreferences(app, developer, { email: { enabled: false } }),
  ).rejects.toMatchObject({ status: 403 })
})

test('a threshold is told once by each channel that was chosen, in the words of each', async () => {
  await using app = await createTestApp({ now: '2026-11-10T12:00:00Z' })
  const ada = await makeCustomer(app, { plan: { requests_per_month: 100 } })
  await using slack = await startReceiver(app)
  await using hook = await startReceiver(app)
  await updateAlertPreferences(app, ada, {
    slack: { enabled: true, webhook_url: slack.url },
    webhook: { enabled: true, url: hook.url },
    severities: ['warning', 'critical'],
    thresholds: [60],
  })
  await issueKey(app, ada, { name: 'no alert' })
  const records = Array.from({ length: 60 }, () => aRecord(ada, '2026-11-10T12:00:00Z'))
  await recordAll(app, records)
  await recordAll(app, records)
  for (let round = 0; round < 3; round++) await runAnnounced(app)
  expect((await app.db.select().from(mails)).map(({ subject }) => subject)).toEqual([
    '60 % of your requests are used',
  ])
  expect(slack.received.map(({ body }) => JSON.parse(body).text)).toEqual([
    expect.stringContaining(':warning: *60 % of your requests are used*\nYou have used 60 of 100'),
  ])
  expect(hook.received.map(({ body }) => JSON.parse(body))).toMatchObject([
    { type: 'quota.warning', data: { meter: 'api_requests', threshold: 60, used: 60, limit: 100 } },
  ])
  expect(await countUnread(app, ada)).toBe(2)
})

test('what customers name cannot write Slack’s own marks, and a hook that is gone is switched off', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  await using slack = await startReceiver(app)
  await updateAlertPreferences(app, ada, { slack: { enabled: true, webhook_url: slack.url } })
  await issueKey(app, ada, { name: '<!channel> & <https://evil.example|free>' })
  for (let round = 0; round < 3; round++) await runAnnounced(app)
  const { text } = JSON.parse(slack.received[0]!.body)
  expect(text).toContain('&lt;!channel&gt; &amp; &lt;https://evil.example|free&gt;')
  slack.answer = (response) => void response.writeHead(503).end()
  await issueKey(app, ada, { name: 'b' })
  await runAnnounced(app)
  await expect(runAnnounced(app)).rejects.toThrow('Slack: 503')
  slack.answer = (response) => void response.writeHead(404).end('no_service')
  await issueKey(app, ada, { name: 'c' })
  for (let round = 0; round < 3; round++) await runAnnounced(app)
  expect((await getAlertPreferences(app, ada)).slack.enabled).toBe(false)
  const told = (await app.db.select().from(notices)).map(({ type }) => type)
  expect(told.filter((type) => type === 'slack.disabled')).toHaveLength(1)
})

test('what a former hook answers does not switch off the one that has taken its place', async () => {
  await using app = await createTestApp()
  const ada = await makeCustomer(app)
  await using slack = await startReceiver(app)
  const set = (path: string) =>
    updateAlertPreferences(app, ada, {
      slack: { enabled: true, webhook_url: `${slack.url}/${path}` },
    })
  await set('former')
  await issueKey(app, ada, { name: 'a' })
  await runAnnounced(app)
  slack.answer = (response) => void set('new').then(() => response.writeHead(404).end())
  await runAnnounced(app)
  expect(slack.received).toHaveLength(1)
  expect((await getAlertPreferences(app, ada)).slack.enabled).toBe(true)
})
