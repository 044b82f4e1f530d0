import { unsubscribeUrlOf } from '../src/features/notifications/unsubscribe.ts'
import type { Stage } from './audit-scenes.ts'

const path = '/api/portal/webhooks'
const input = { url: 'http://hooks.test/a-path-that-opens-something', events: ['*'] }

async function add({ app, asAda }: Stage): Promise<string> {
  app.config.outboundAllowedHosts = ['hooks.test']
  return `${path}/${(await asAda('POST', path, input)).body.id}`
}

async function addDelivery(stage: Stage): Promise<string> {
  const { body } = await stage.asAda('POST', `${await add(stage)}/test`)
  return `${path}/deliveries/${body.id}`
}

const alerts = {
  slack: { enabled: false, webhook_url: 'http://hooks.test/a-slack-hook' },
  webhook: { enabled: true, url: 'http://hooks.test/an-alert-hook' },
}

/** What is done with webhooks, alerts and mails. */
export const webhookScenes = {
  'POST /api/portal/webhooks': async (s: Stage) => {
    await add(s)
    return s.asAda('POST', path, input)
  },
  'PATCH /api/portal/webhooks/{id}': async (s: Stage) =>
    s.asAda('PATCH', await add(s), { enabled: false }),
  'DELETE /api/portal/webhooks/{id}': async (s: Stage) => s.asAda('DELETE', await add(s)),
  'POST /api/portal/webhooks/{id}/rotate-secret': async (s: Stage) =>
    s.asAda('POST', `${await add(s)}/rotate-secret`, {}),
  'POST /api/portal/webhooks/{id}/test': async (s: Stage) =>
    s.asAda('POST', `${await add(s)}/test`),
  'POST /api/portal/webhooks/deliveries/{id}/replay': async (s: Stage) =>
    s.asAda('POST', `${await addDelivery(s)}/replay`),
  'PUT /api/portal/alert-preferences': async (s: Stage) => {
    await add(s)
    return s.asAda('PUT', '/api/portal/alert-preferences', alerts)
  },
  'PUT /api/v1/customer/alert-preferences': (s: Stage) =>
    s.asAda('PUT', '/api/v1/customer/alert-preferences', { thresholds: [60] }),
  'POST /auth/unsubscribe': async ({ app, ada, door }: Stage) => {
    const { pathname, search } = new URL(unsubscribeUrlOf(app, ada.userId, 'plan.changed')!)
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    const answer = await door.request(pathname + search, { method: 'POST', body })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  },
}
