import { type Job, jobAt } from '../../core/jobs/jobs.ts'
import { pruneInvitations } from './invitations.ts'

export const teamsJobs: Job[] = [jobAt('23 3 * * *', 'teams.prune-invitations', pruneInvitations)]
