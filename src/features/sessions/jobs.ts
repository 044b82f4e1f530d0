import { type Job, jobAt, jobOn } from '../../core/jobs/jobs.ts'
import { removeLive } from '../../core/live/live.ts'
import { passwordResetAsked, userDeleted } from '../accounts/events.ts'
import { pruneProofs } from '../accounts/proofs.ts'
import { sendPasswordReset } from './password-reset.ts'
import { pruneSessions } from './sessions.ts'

export const sessionsJobs: Job[] = [
  jobOn(passwordResetAsked, 'sessions.mail-password-reset', (app, { email, origin }) =>
    sendPasswordReset(app, email, origin),
  ),
  jobOn(userDeleted, 'sessions.remove-live', (app, { userId }) =>
    removeLive(app, `user:${userId}`),
  ),
  jobAt('11 * * * *', 'sessions.prune-proofs', pruneProofs),
  jobAt('41 3 * * *', 'sessions.prune', pruneSessions),
]
