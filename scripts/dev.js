import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { install, main, node, root, toolEnvironment } from './prepare.js'

/** `npm run dev`: the demo on its sources; pages and server follow every change. */
await main(async () => {
  install()
  const server = spawn(node, [join(root, 'scripts', 'dev-server.js')], {
    cwd: root,
    env: toolEnvironment(),
    stdio: 'inherit',
  })
  // Ctrl-C reaches the server by itself, as part of the same group; it ends in order, and so do we.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => server.kill('SIGTERM'))
  process.exitCode = await new Promise((resolve) => {
    server.on('exit', (code) => resolve(code ?? 1))
  })
})
