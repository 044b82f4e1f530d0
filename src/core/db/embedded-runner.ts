import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { promisify } from 'node:util'
import { AppError } from '../errors.ts'
import { type Binaries, copyBinaries } from './embedded-binaries.ts'

/** How to run PostgreSQL's programs: as ourselves, or from root as somebody with no privileges. */
export type Runner = {
  wrap: (command: string, args: string[]) => [command: string, args: string[]]
  spawnOptions: { uid?: number; gid?: number }
  /** The user that it runs as, when that is not us. */
  uid?: number
  gid?: number
}

const execute = promisify(execFile)

export async function run(
  runner: Runner,
  command: string,
  args: string[],
): Promise<{ code: number; output: string }> {
  const [wrapped, wrappedArgs] = runner.wrap(command, args)
  try {
    const { stdout, stderr } = await execute(wrapped, wrappedArgs, {
      ...runner.spawnOptions,
      cwd: '/',
    })
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const failed = error as {
      code?: number | string
      stdout?: string
      stderr?: string
      message: string
    }
    const code = typeof failed.code === 'number' ? failed.code : 1
    return { code, output: `${failed.stdout ?? ''}${failed.stderr ?? ''}` || failed.message }
  }
}

const asOurselves: Runner = { wrap: (command, args) => [command, args], spawnOptions: {} }

/**
 * PostgreSQL refuses to run as root. From root it becomes `nobody` (or the owner of the cluster),
 * with just the right to walk through folders that only root may enter, such as /root; where that
 * right cannot be given, without it.
 */
export async function findRunner(
  found: Binaries,
  directory: string,
  isNew: boolean,
): Promise<{ runner: Runner; binaries: Binaries }> {
  if (process.getuid?.() !== 0) {
    assertOwner(directory, isNew)
    return { runner: asOurselves, binaries: found }
  }
  const owner = statSync(directory)
  const user = isNew || owner.uid === 0 ? await findNobody() : { uid: owner.uid, gid: owner.gid }
  // PostgreSQL looks for its programs without the right to walk; so they are tried without.
  const isReachable = (await run(withoutCapabilities(user), found.initdb, ['--version'])).code === 0
  const binaries = isReachable ? found : copyBinaries(found)
  for (const runner of [withCapabilities(user), withoutCapabilities(user)]) {
    const isUsable = await run(runner, binaries.initdb, ['--version'])
    if (isUsable.code === 0) return { runner, binaries }
  }
  throw new AppError(
    'unavailable',
    'database_not_permitted',
    `PostgreSQL does not run as root, and user ${user.uid} cannot run ${binaries.initdb}. Start as another user, or set DATABASE_URL.`,
  )
}

function withCapabilities({ uid, gid }: { uid: number; gid: number }): Runner {
  const walk = '+dac_override,+dac_read_search'
  const drop = [
    '--reuid',
    String(uid),
    '--regid',
    String(gid),
    '--clear-groups',
    '--inh-caps',
    walk,
    '--ambient-caps',
    walk,
  ]
  return {
    wrap: (command, args) => ['setpriv', [...drop, '--', command, ...args]],
    spawnOptions: {},
    uid,
    gid,
  }
}

function withoutCapabilities({ uid, gid }: { uid: number; gid: number }): Runner {
  return { wrap: (command, args) => [command, args], spawnOptions: { uid, gid }, uid, gid }
}

async function findNobody(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await execute('id', [flag, 'nobody'])).stdout)),
  )
  return { uid: uid!, gid: gid! }
}

function assertOwner(directory: string, isNew: boolean): void {
  if (isNew || !process.getuid || statSync(directory).uid === process.getuid()) return
  throw new AppError(
    'unavailable',
    'database_not_permitted',
    `${directory} belongs to user ${statSync(directory).uid}. Start as that user or as root, or set another APIGATE_DATA_DIR.`,
  )
}
