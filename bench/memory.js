import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { newId } from '../src/core/ids.ts'
import { createKey, digestOf, visibleParts } from '../src/core/key-format.ts'
import { folder, measure, startApigate, startUpstream } from './rig.js'

const keyCount = 100_000
const sampleSeconds = 30

/** Memory under steady load over many keys: the resident size of the server's process, over time. */
export async function watchMemory({ minutes }) {
  startUpstream('1')
  const server = await startApigate({ port: 9210 })
  const file = join(folder, 'keys.txt')
  writeFileSync(file, (await addKeys(server)).join('\n'))
  // Each sample goes on with the key where the one before ended.
  const scriptFrom = (at) => `
    local keys = {}
    for line in io.lines("${file}") do keys[#keys + 1] = line end
    local at = ${at}
    function request()
      at = at % #keys + 1
      return wrk.format("GET", nil, { ["X-API-Key"] = keys[at] })
    end`
  let called = 0
  console.log(`\n| minutes | requests/s | server, MB |\n|---:|---:|---:|`)
  const samples = Math.round((minutes * 60) / sampleSeconds)
  for (let i = 1; i <= samples; i++) {
    const script = scriptFrom(called % keyCount)
    const { rate } = measure(server.url, { seconds: sampleSeconds, script })
    called += Math.round(rate * sampleSeconds)
    const minute = ((i * sampleSeconds) / 60).toFixed(1)
    console.log(
      `| ${minute} | ${Math.round(rate).toLocaleString('en')} | ${residentMb(server.pid)} |`,
    )
  }
  await pause(5000)
  console.log(`| at rest | | ${residentMb(server.pid)} |`)
}

/** Copies of the one key that the server has, each with a digest of its own, straight into its database. */
async function addKeys({ dataDir }) {
  const host = encodeURIComponent(join(dataDir, 'postgres'))
  const client = new pg.Client(`postgresql://apigate@/apigate?host=${host}`)
  await client.connect()
  const keys = Array.from({ length: keyCount }, () => createKey('ak', 'live'))
  const rows = keys.map((key) => ({
    id: newId('key'),
    digest: digestOf(key),
    ...visibleParts(key),
  }))
  await client.query(
    `insert into api_keys (id, organization_id, created_by, name, digest, prefix, last_four, environment, scopes)
     select r.id, k.organization_id, k.created_by, 'bench', r.digest, r.prefix, r."lastFour", k.environment, k.scopes
     from json_to_recordset($1::json) r(id text, digest text, prefix text, "lastFour" text), (select * from api_keys limit 1) k`,
    [JSON.stringify(rows)],
  )
  await client.end()
  return keys
}

function residentMb(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(kilobytes) / 1024)
}
