import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { type App, inTransaction } from '../../core/app.ts'
import { defineEvent } from '../../core/events.ts'
import { callOutside } from '../../core/http/outbound.ts'
import { unseal } from '../../core/secret.ts'
import { tell } from '../notices/notices.ts'
import { notices } from '../notices/schema.ts'
import { writeForSlack } from './notice-mails.tsx'
import { alertPreferences } from './schema.ts'

export const slackDue = defineEvent('notifications.slack_due', z.object({ noticeId: z.string() }))

/** What Slack answers for good: the hook was removed, or its channel or workspace is closed. */
const isOver = (status: number) => [403, 404, 410].includes(status)

/**
 * Posts a notice to the organization's Slack channel. Throws when it did not arrive, so that the
 * queue tries again for a day; a hook that is gone is switched off, and its owners are told.
 */
export async function postToSlack(app: App, noticeId: string): Promise<void> {
  const [found] = await app.db
    .select({ notice: notices, chosen: alertPreferences })
    .from(notices)
    .innerJoin(alertPreferences, eq(alertPreferences.organizationId, notices.organizationId))
    .where(eq(notices.id, noticeId))
  if (!found?.chosen.isSlackOn || !found.chosen.slackUrl) return
  const { organizationId, slackUrl } = found.chosen
  const body = JSON.stringify({ text: await writeForSlack(app, found.notice) })
  const headers = { 'content-type': 'application/json' }
  const url = unseal(app.secret, slackUrl)
  const answer = await callOutside(app, url, { method: 'POST', headers, body })
  if ('status' in answer && answer.status >= 200 && answer.status < 300) return
  if ('status' in answer && isOver(answer.status)) return switchOff(app, organizationId, slackUrl)
  throw new Error(`Slack: ${'status' in answer ? answer.status : answer.failure}`)
}

/** Unless it has another hook meanwhile. */
async function switchOff(app: App, organizationId: string, slackUrl: string): Promise<void> {
  await inTransaction(app, async (tx) => {
    const off = await tx.db
      .update(alertPreferences)
      .set({ isSlackOn: false })
      .where(
        and(
          eq(alertPreferences.organizationId, organizationId),
          eq(alertPreferences.isSlackOn, true),
          eq(alertPreferences.slackUrl, slackUrl),
        ),
      )
      .returning({ id: alertPreferences.organizationId })
    if (off.length > 0) await tell(tx, { type: 'slack.disabled', organizationId, data: {} })
  })
}
