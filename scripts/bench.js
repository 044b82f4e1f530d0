import { spawnSync } from 'node:child_process'
import { build, install, main, node, root, toolEnvironment } from './prepare.js'

/** `npm run bench [seconds] [rounds]`: needs Linux with nginx, haproxy, wrk and taskset on the PATH. */
await main(async () => {
  install()
  build()
  const done = spawnSync(node, ['bench/bench.js', ...process.argv.slice(2)], {
    cwd: root,
    env: toolEnvironment(),
    stdio: 'inherit',
  })
  process.exitCode = done.status ?? 1
})
