import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of our package.json, whether this runs from `src` or from `build`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** The version of this release. */
export function readVersion(): string {
  const file = readFileSync(join(packageRoot(), 'package.json'), 'utf8')
  return (JSON.parse(file) as { version: string }).version
}
