import { type Job, jobAt, jobOn } from '../../core/jobs/jobs.ts'
import { mailQueued } from '../../core/mail/mail.ts'
import { pruneMails, sendQueuedMail } from './mails.ts'

export const notificationsJobs: Job[] = [
  jobOn(mailQueued, 'notifications.send-mail', (app, { mailId }) => sendQueuedMail(app, mailId)),
  jobAt('17 * * * *', 'notifications.prune-mails', pruneMails),
]
