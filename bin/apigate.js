#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Runs the built command line, under the pinned runtime when this one is older. */
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const program = join(root, 'build', 'server', 'cli.js')
const wanted = 26

if (!existsSync(program)) {
  console.error('Apigate is not built yet. Run "npm run build" in its folder first.')
  process.exit(1)
}
if (Number(process.versions.node.split('.')[0]) >= wanted) {
  await import(pathToFileURL(program).href)
} else {
  const node = join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
  if (!existsSync(node)) {
    console.error(`Apigate needs Node ${wanted}. Run "npm ci" in its folder, or use that version.`)
    process.exit(1)
  }
  // Signals go to the whole group; this process only waits.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
  process.exit(
    spawnSync(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1,
  )
}
