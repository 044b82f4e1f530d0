import { type Job, jobOn } from '../../core/jobs/jobs.ts'
import { passwordResetAsked } from '../accounts/events.ts'
import { sendPasswordReset } from './password-reset.ts'

export const sessionsJobs: Job[] = [
  jobOn(passwordResetAsked, 'sessions.mail-password-reset', (app, { email }) =>
    sendPasswordReset(app, email),
  ),
]
