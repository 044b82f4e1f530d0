import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What every command of the repository needs first: packages installed, sources built. Runs on Node 20 and newer. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The pinned runtime, as the npm package `node` installs it. */
export const node = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)

/** The environment for our programs: the pinned runtime and the installed tools come first. */
export function toolEnvironment(more = {}) {
  const separator = process.platform === 'win32' ? ';' : ':'
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(separator)
  return { ...process.env, PATH: path, ...more }
}

export function say(text) {
  console.log(`  ${text}`)
}

/** Installs what package-lock.json names, unless that is there already. */
export function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.apigate-installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(node)) return
  say('Installing packages (a minute or two, once) …')
  run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      shell: process.platform === 'win32',
    },
  )
  if (!existsSync(node)) {
    throw new Error(
      'npm did not install the runtime (package "node"): its install script was blocked. Run "npm rebuild node", then try again.',
    )
  }
  writeFileSync(stamp, lock)
}

const sources = [
  'src',
  'migrations',
  'package-lock.json',
  'vite.config.ts',
  'react-router.config.ts',
]

/** Builds server, pages and command line, unless nothing changed since the last build. */
export function build() {
  const files = sources.flatMap((source) => listFiles(join(root, source)))
  const newest = Math.max(...files.map((file) => statSync(file).mtimeMs))
  const fingerprint = `${files.length} ${newest}`
  const stamp = join(root, 'build', '.apigate-built')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return
  say('Building …')
  run('react-router', ['build', '--logLevel', 'error'], { shell: process.platform === 'win32' })
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, fingerprint)
}

function listFiles(path) {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path).flatMap((name) => listFiles(join(path, name)))
}

/** Runs a program to its end, silently; when it fails, what it said is shown. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    env: toolEnvironment(),
    encoding: 'utf8',
    ...options,
  })
  if (done.status === 0) return
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`)
  throw new Error(
    `${[command, ...args].join(' ')} failed${done.error ? `: ${done.error.message}` : ''}`,
  )
}

/** Runs the main part of a script; what goes wrong is told in one line. */
export async function main(work) {
  try {
    await work()
  } catch (error) {
    console.error(`\n  ${error.message}\n`)
    process.exitCode = 1
  }
}
