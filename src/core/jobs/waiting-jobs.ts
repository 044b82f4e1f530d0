import type pg from 'pg'

/** A job that was announced and is not done, as a backup keeps it. */
export type WaitingJob = {
  id: string
  name: string
  data: object | null
  priority: number
  startAfter: string
}

/** All jobs that wait or are under way; none where there was never a queue. */
export async function readWaitingJobs(client: pg.ClientBase): Promise<WaitingJob[]> {
  const found = await client.query(`select to_regclass('pgboss.job') as name`)
  if (found.rows[0].name === null) return []
  const { rows } = await client.query<WaitingJob & { startAfter: Date }>(
    `select id, name, data, priority, start_after as "startAfter" from pgboss.job
     where state < 'completed' and name not like '\\_\\_%'`,
  )
  return rows.map((row) => ({ ...row, startAfter: row.startAfter.toISOString() }))
}
