import { requireOrganization } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import { type LiveKind, listFollowed, publishLive } from '../../core/live/live.ts'
import type { UsageRecord } from '../../core/usage-record.ts'
import { getSetting } from '../settings/settings.ts'
import { toMicroseconds } from '../usage/record-usage.ts'
import { toLogJson } from './log-json.ts'

/** An organization's requests as they are recorded: `logs:<organization id>`. */
export const logsLive: LiveKind = {
  kind: 'logs',
  isOnDemand: true,
  organizationOf: (id) => id,
  authorize: async (app, actor, id) => {
    const isShown = await getSetting(app, 'portal_show_usage')
    if (!isShown || !('organizationId' in actor) || actor.organizationId !== id)
      throw notFound('stream')
    requireOrganization(actor, 'logs:read')
  },
}

/** Tells those who follow an organization's requests of these, in the transaction that records them. */
export async function publishLogs(tx: App, records: UsageRecord[]): Promise<void> {
  const streamOf = ({ organizationId }: UsageRecord) => `logs:${organizationId}`
  const followed = await listFollowed(tx, [...new Set(records.map(streamOf))])
  if (followed.size === 0) return
  await publishLive(
    tx,
    records
      .filter((record) => followed.has(streamOf(record)))
      .map((record) => ({ stream: streamOf(record), event: 'request', data: toJson(record) })),
  )
}

function toJson(record: UsageRecord) {
  const { time, latencyMs } = record
  return toLogJson({ ...record, time: new Date(time), latencyUs: toMicroseconds(latencyMs) })
}
