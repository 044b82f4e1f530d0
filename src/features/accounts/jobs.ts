import { type Job, jobAt, jobOn } from '../../core/jobs/jobs.ts'
import { takenAddressRegistered, verificationAsked } from './events.ts'
import { forgetImports } from './import-drafts.ts'
import { tellTaken } from './registration.ts'
import { sendVerificationTo } from './verification.ts'

export const accountsJobs: Job[] = [
  jobOn(verificationAsked, 'accounts.mail-verification', (app, { email, origin }) =>
    sendVerificationTo(app, email, origin),
  ),
  jobOn(takenAddressRegistered, 'accounts.mail-taken', (app, { userId }) => tellTaken(app, userId)),
  jobAt('25 * * * *', 'accounts.forget-imports', forgetImports),
]
