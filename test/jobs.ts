import { jobs } from '../src/features/index.ts'
import type { TestApp } from './app.ts'

/** Does what waits for the events that were announced so far, mails to be handed over aside. */
export async function runAnnounced(app: TestApp): Promise<void> {
  for (const { name, payload } of app.announced.splice(0)) {
    const waiting = jobs.filter((job) => job.on === name && name !== 'mail.queued')
    for (const job of waiting) await job.run(app, payload)
  }
}
