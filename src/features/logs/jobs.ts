import { type Job, jobOn } from '../../core/jobs/jobs.ts'
import { removeLive } from '../../core/live/live.ts'
import { organizationDeleted } from '../accounts/events.ts'

export const logsJobs: Job[] = [
  jobOn(organizationDeleted, 'logs.remove-live', (app, { organizationId }) =>
    removeLive(app, `logs:${organizationId}`),
  ),
]
