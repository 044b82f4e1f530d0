import { cpus } from 'node:os'
import { measureEvents } from './events.js'
import { watchMemory } from './memory.js'
import { compareLatency, comparePeers, compareThreads } from './peers.js'
import { clear } from './rig.js'
import { watchUsage } from './usage.js'

/**
 * `npm run bench [seconds] [rounds]` compares speed; `npm run bench memory [minutes]` watches memory;
 * `npm run bench usage [millions]` times every view of usage and logs; `npm run bench events
 * [seconds] [rounds]` counts events.
 */
const [, , first = '4', second, third] = process.argv
try {
  console.log(`${cpus().length} cores, ${cpus()[0].model}`)
  if (first === 'memory') await watchMemory({ minutes: Number(second ?? 10) })
  else if (first === 'usage') await watchUsage({ millions: Number(second ?? 10) })
  else if (first === 'events')
    await measureEvents({ seconds: Number(second ?? 10), rounds: Number(third ?? 3) })
  else {
    const times = { seconds: Number(first), rounds: Number(second ?? 3) }
    console.log(`${times.rounds} rounds of ${times.seconds} s, 32 connections; medians`)
    const compared = await comparePeers(times)
    compareLatency({ ...compared, ...times })
    await compareThreads(times)
  }
} finally {
  await clear()
}
