import { constants } from 'node:fs'
import { access, readFile, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../core/config.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

const wantedNode = 26
const gibibyte = 2 ** 30

export function checkRuntime(): Finding[] {
  const { node } = process.versions
  const detail = `Node ${node} on ${process.platform}-${process.arch}`
  return Number(node.split('.')[0]) >= wantedNode
    ? [ok('runtime', `${detail}.`)]
    : [failed('runtime', `${detail}; Node ${wantedNode} or newer is needed. Run npm ci.`)]
}

/** The directory, and the secrets in it, are the server's alone. */
export async function checkDataDir({ dataDir }: Config): Promise<Finding[]> {
  const name = 'data directory'
  const found = await stat(dataDir).catch(() => null)
  if (!found) return [ok(name, `${dataDir} is not there yet; the first start makes it.`)]
  const us = process.getuid?.()
  if (us !== undefined && us !== 0 && found.uid !== us) {
    return [
      failed(
        name,
        `${dataDir} belongs to user ${found.uid}, and you are user ${us}. Run as that user, or set APIGATE_DATA_DIR.`,
      ),
    ]
  }
  const isWritable = await access(dataDir, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!isWritable) return [failed(name, `${dataDir} cannot be written. Run chmod 700 ${dataDir}.`)]
  const open: string[] = []
  for (const path of [dataDir, ...['secret', 'admin-token'].map((file) => join(dataDir, file))]) {
    const mode = (await stat(path).catch(() => null))?.mode ?? 0
    if ((mode & 0o077) !== 0) open.push(path)
  }
  if (open.length > 0)
    return [warning(name, `Others may look into it. Run chmod go= ${open.join(' ')}.`)]
  return [ok(name, `${dataDir}, for user ${found.uid} alone.`)]
}

/** Words of examples, and texts of few different characters, are guessed first. */
const guessable = /change.?me|example|secret|password|default|apigate|12345/i

export async function checkSecret({ secret, dataDir }: Config): Promise<Finding[]> {
  const name = 'secret'
  if (secret === null) {
    const text = await readFile(join(dataDir, 'secret'), 'utf8').catch(() => null)
    if (text === null) return [ok(name, 'Not there yet; the first start makes it.')]
    if (text.trim().length >= 16) return [ok(name, 'In the data directory. Keep a backup of it.')]
    return [failed(name, `${join(dataDir, 'secret')} is damaged. Bring it back from a backup.`)]
  }
  if (!guessable.test(secret) && new Set(secret).size >= 10)
    return [ok(name, 'From APIGATE_SECRET.')]
  return [
    failed(
      name,
      'APIGATE_SECRET can be guessed. Set a random one (openssl rand -base64 32) before there are stored secrets, or leave it away.',
    ),
  ]
}

export async function checkDisk({ dataDir }: Config): Promise<Finding[]> {
  const name = 'disk'
  const at = await statfs(dataDir).catch(() => statfs('.'))
  const free = at.bavail * at.bsize
  const detail = `${(free / gibibyte).toFixed(1)} GiB are free.`
  if (free < gibibyte / 2)
    return [failed(name, `${detail} When it is full, traffic is refused. Make room.`)]
  return free < 2 * gibibyte ? [warning(name, `${detail} Make room soon.`)] : [ok(name, detail)]
}
