import { lt } from 'drizzle-orm'
import { jobAt } from '../../core/jobs/jobs.ts'
import { dayOf, keptDays } from './activity.ts'
import { activeDays, docsViews } from './schema.ts'

export const insightsJobs = [
  jobAt('50 3 * * *', 'insights.drop-old', async (app) => {
    const before = dayOf(app, keptDays)
    await app.db.delete(activeDays).where(lt(activeDays.day, before))
    await app.db.delete(docsViews).where(lt(docsViews.day, before))
  }),
]
