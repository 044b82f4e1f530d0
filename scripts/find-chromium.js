import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { node, root, run, say } from './prepare.js'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']

/** The path of a Chromium: the system's, one that Playwright has, or one that is installed now. */
export function findChromium() {
  return fromPath() ?? fromPlaywright() ?? download() ?? fromDebian() ?? refuse()
}

function fromPath() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  return [...places, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find((place) =>
    existsSync(place),
  )
}

function fromPlaywright() {
  const asked = spawnSync(
    node,
    ['-e', "console.log(require('@playwright/test').chromium.executablePath())"],
    { cwd: root, encoding: 'utf8' },
  )
  const path = asked.stdout.trim()
  return path !== '' && existsSync(path) ? path : undefined
}

function download() {
  say('Looking for a Chromium to download …')
  const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js')
  const done = spawnSync(node, [cli, 'install', 'chromium'], {
    cwd: root,
    stdio: 'ignore',
    timeout: 300_000,
  })
  return done.status === 0 ? fromPlaywright() : undefined
}

function fromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  say('Installing Debian’s Chromium …')
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', 'chromium'])
  return fromPath()
}

function refuse() {
  throw new Error(
    'The browser tests need a Chromium, and none could be found or installed. Put one on the PATH.',
  )
}
