import { type Job, jobAt } from '../../core/jobs/jobs.ts'
import { warnOfExpiry } from './key-notices.ts'

export const keysJobs: Job[] = [jobAt('23 * * * *', 'keys.warn-of-expiry', warnOfExpiry)]
