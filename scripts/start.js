import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, install, main, node, root, say, toolEnvironment } from './prepare.js'

/** `npm start`: installs and builds what is missing, then runs the demo until Ctrl-C. */
await main(async () => {
  console.log('\n  Apigate')
  install()
  build()
  say('Starting …')
  const demo = spawn(node, [join(root, 'build', 'server', 'demo.js')], {
    cwd: root,
    env: toolEnvironment(),
    stdio: 'inherit',
  })
  // Ctrl-C reaches the demo by itself, as part of the same group; it ends in order, and so do we.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => demo.kill('SIGTERM'))
  process.exitCode = await new Promise((resolve) => {
    demo.on('exit', (code) => resolve(code ?? 1))
  })
})
