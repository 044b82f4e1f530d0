import { type Job, jobAt, jobOn } from '../../core/jobs/jobs.ts'
import { noticeWritten } from '../notices/events.ts'
import { pruneDeliveries, resumeDeliveries, workOnDelivery } from './due-deliveries.ts'
import { deliveryDue } from './events.ts'
import { queueDeliveries } from './queue-deliveries.ts'

export const webhooksJobs: Job[] = [
  jobOn(noticeWritten, 'webhooks.queue', (app, { noticeId }) => queueDeliveries(app, noticeId)),
  {
    ...jobOn(deliveryDue, 'webhooks.deliver', (app, { deliveryId }) =>
      workOnDelivery(app, deliveryId),
    ),
    // A server that is slow to answer holds up four others at most.
    atOnce: 20,
  },
  jobAt('* * * * *', 'webhooks.resume', resumeDeliveries),
  jobAt('52 3 * * *', 'webhooks.prune', pruneDeliveries),
]
