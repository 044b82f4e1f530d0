import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { build, install, main, node, root, say, toolEnvironment } from './prepare.js'

/** `npm run dev`: runs the demo, and builds and restarts it when a source changes. A build takes two seconds. */
const settleMs = 150

await main(async () => {
  install()
  build()
  let running = start()
  let timer
  let isBusy = false
  let isStale = false

  async function rebuild() {
    if (isBusy) {
      isStale = true
      return
    }
    isBusy = true
    try {
      const before = Date.now()
      build()
      await stop(running)
      running = start()
      say(`Built and restarted in ${((Date.now() - before) / 1000).toFixed(1)} s`)
    } catch (error) {
      console.error(`\n  ${error.message}\n  Waiting for the next change …\n`)
    }
    isBusy = false
    if (isStale) {
      isStale = false
      await rebuild()
    }
  }

  watch(join(root, 'src'), { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(rebuild, settleMs)
  })
  process.on('SIGINT', () => void stop(running).then(() => process.exit(0)))
})

function start() {
  return spawn(node, [join(root, 'build', 'server', 'demo.js')], {
    cwd: root,
    env: toolEnvironment(),
    stdio: 'inherit',
  })
}

function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve()
    child.once('exit', resolve)
    child.kill('SIGTERM')
  })
}
