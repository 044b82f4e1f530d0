import { type Job, jobAt, jobOn } from '../../core/jobs/jobs.ts'
import { mailQueued } from '../../core/mail/mail.ts'
import { organizationDeleted, userDeleted } from '../accounts/events.ts'
import { noticeWritten } from '../notices/events.ts'
import { forgetNotices, pruneNotices } from '../notices/forget-notices.ts'
import { sendDigests } from './digests.ts'
import { pruneMails, sendQueuedMail } from './mails.ts'
import { postToSlack, slackDue } from './slack.ts'
import { spreadNotice } from './spread-notice.ts'

export const notificationsJobs: Job[] = [
  jobOn(noticeWritten, 'notifications.spread', (app, { noticeId }) => spreadNotice(app, noticeId)),
  jobAt('2,32 * * * *', 'notifications.send-digests', sendDigests),
  jobAt('47 3 * * *', 'notifications.prune-notices', pruneNotices),
  jobOn(organizationDeleted, 'notifications.forget-organization', (app, { organizationId }) =>
    forgetNotices(app, { organizationId }),
  ),
  jobOn(userDeleted, 'notifications.forget-user', (app, { userId }) =>
    forgetNotices(app, { userId }),
  ),
  {
    ...jobOn(mailQueued, 'notifications.send-mail', (app, { mailId }) =>
      sendQueuedMail(app, mailId),
    ),
    atOnce: 10,
  },
  {
    ...jobOn(slackDue, 'notifications.post-to-slack', (app, { noticeId }) =>
      postToSlack(app, noticeId),
    ),
    atOnce: 10,
  },
  jobAt('17 * * * *', 'notifications.prune-mails', pruneMails),
]
