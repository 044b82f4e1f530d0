import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { median, startApigate } from './rig.js'

const batchSize = 1000
const meters = [
  { key: 'storage', name: 'Storage', kind: 'gauge', unit: 'GB' },
  { key: 'predictions', name: 'Predictions', kind: 'counter', unit: 'predictions' },
  { key: 'peerings', name: 'Peerings', kind: 'gauge', unit: 'peerings' },
]

/** Events a second in batches of 1,000 from `senders` at once, and whether replays of them count once. */
export async function measureEvents({ seconds, rounds, senders = 4, customers = 100 }) {
  const server = await startApigate({ port: 9220 })
  const post = await createPost(server)
  for (const meter of meters) await post('/admin/meters', meter)
  for (let i = 0; i < customers; i++)
    await post('/admin/users', { email: `customer${i}@example.com` })
  const { key } = await post('/admin/service-keys', { name: 'bench' })
  const send = (batch) => post('/api/v1/events', batch, key)

  console.log(
    `\n${senders} senders, batches of ${batchSize} over ${customers} customers and 3 meters`,
  )
  console.log('\n| | events/s | p50 ms | p99 ms |\n|---|---:|---:|---:|')
  const rates = []
  for (let round = 1; round <= rounds; round++) {
    const { rate, p50, p99 } = await load({ send, seconds, senders, customers, round })
    rates.push(rate)
    console.log(`| round ${round} | ${format(rate)} | ${p50} | ${p99} |`)
  }
  console.log(`| median | ${format(median(rates))} | | |`)
  await replay({ send, customers })
}

async function createPost({ url, dataDir }) {
  const { origin } = new URL(url)
  const token = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim()
  return async (path, body, key = token) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const answer = await fetch(origin + path, {
      ...{ method: 'POST', headers, body: JSON.stringify(body) },
    })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }
}

async function load({ send, seconds, senders, customers, round }) {
  const end = performance.now() + seconds * 1000
  const latencies = []
  let accepted = 0
  await Promise.all(
    Array.from({ length: senders }, async (_, sender) => {
      for (let n = 0; performance.now() < end; n++) {
        const batch = makeBatch(`${round}-${sender}-${n}`, customers)
        const began = performance.now()
        const answer = await send(batch)
        latencies.push(performance.now() - began)
        if (answer.accepted !== batchSize) throw new Error(JSON.stringify(answer).slice(0, 300))
        accepted += answer.accepted
      }
    }),
  )
  latencies.sort((a, b) => a - b)
  const at = (share) => Math.round(latencies[Math.floor(latencies.length * share)])
  return { rate: accepted / seconds, p50: at(0.5), p99: at(0.99) }
}

/** Sixteen senders send the same twenty batches at once, each in another order. */
async function replay({ send, customers }) {
  const batches = Array.from({ length: 20 }, (_, i) => makeBatch(`replay-${i}`, customers))
  const began = performance.now()
  const answers = await Promise.all(
    Array.from({ length: 16 }, async (_, sender) => {
      const sums = { accepted: 0, duplicates: 0 }
      for (let i = 0; i < batches.length; i++) {
        const { accepted, duplicates } = await send(batches[(i * 7 + sender) % batches.length])
        sums.accepted += accepted
        sums.duplicates += duplicates
      }
      return sums
    }),
  )
  const seconds = (performance.now() - began) / 1000
  const sum = (name) => answers.reduce((total, answer) => total + answer[name], 0)
  const given = batches.length * batchSize
  if (sum('accepted') !== given) throw new Error(`${sum('accepted')} of ${given} were counted`)
  console.log(
    `\n16 replays at once of ${format(given)} events: ${format(sum('accepted'))} counted, ${format(sum('duplicates'))} known as duplicates, in ${seconds.toFixed(1)} s`,
  )
}

function makeBatch(name, customers) {
  const now = Date.now()
  return Array.from({ length: batchSize }, (_, i) => ({
    ...{ specversion: '1.0', id: `${name}-${i}`, source: 'bench', type: meters[i % 3].key },
    subject: `customer${(i * 13) % customers}@example.com`,
    time: new Date(now - i * 50).toISOString(),
    data: { value: i / 8 },
  }))
}

const format = (value) => Math.round(value).toLocaleString('en')
