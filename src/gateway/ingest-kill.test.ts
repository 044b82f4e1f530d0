import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { expect, test } from 'vitest'
import { createUsageStore, makeFolder, makeUsageRecord } from '../../test/journal.ts'
import { createLog } from '../core/log.ts'
import { createIngest } from './ingest.ts'

const log = createLog({ log: { level: 'silent', format: 'json' } })

test('a writer killed at full speed twenty times: none that it let through is missing or twice', async () => {
  using at = makeFolder()
  const store = createUsageStore()
  const clients = 64
  let letThrough = 0
  for (let round = 0; round < 20; round++) {
    const source = `
      import fs from 'node:fs'
      import { openJournal } from ${JSON.stringify(new URL('./journal.ts', import.meta.url).href)}
      const name = 'w${round}', directory = ${JSON.stringify(at.path)}
      const journal = openJournal({ directory, name, segmentBytes: 100_000 })
      const shape = ${JSON.stringify(makeUsageRecord('req'))}
      let count = 0
      function request() {
        const record = { ...shape, id: name + '_' + count++ }
        const onWritten = () => {
          fs.writeSync(1, record.id + '\\n')
          const end = () => { journal.close(record); request() }
          if (count % 10 === 0) setTimeout(end, 5)
          else setImmediate(end)
        }
        journal.open(record, { onWritten, onNotWritten(error) { throw error } })
      }
      for (let i = 0; i < ${clients}; i++) request()`
    // A reader follows each other writer while it writes, and dies with it.
    const follower = createIngest({ directory: at.path, contract: store, intervalMs: 5, log })
    if (round % 2 === 0) follower.start()
    const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), 20 + round * 5))
    for await (const data of child.stdout) said += data
    await follower.stop(0)
    await createIngest({ directory: at.path, contract: store, intervalMs: 5, log }).recover()

    const upstream = said.split('\n').filter((id) => id !== '')
    const mine = store.records.filter((record) => record.id.startsWith(`w${round}_`))
    const counted = new Set(mine.map((record) => record.id))
    expect(counted.size).toBe(mine.length)
    expect(upstream.filter((id) => !counted.has(id))).toEqual([])
    const reached = new Set(upstream)
    const more = mine.filter((record) => !reached.has(record.id))
    expect(more.every((record) => record.outcome === 'interrupted')).toBe(true)
    const cut = mine.filter((record) => record.outcome === 'interrupted')
    expect(cut.length).toBeGreaterThan(0)
    expect(cut.length).toBeLessThanOrEqual(clients)
    letThrough += upstream.length
  }
  expect(letThrough).toBeGreaterThan(5000)
  expect(fs.readdirSync(at.path)).toEqual([])
})
