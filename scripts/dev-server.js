import { join } from 'node:path'
import { createServer } from 'vite'
import { root, say } from './prepare.js'

/**
 * The demo on its sources. Pages change in the browser while it runs; where server code changed, the
 * server starts again in the same process, on the modules that changed and those that import them.
 */
process.env.NODE_ENV = 'development'
const settleMs = 50
const entry = '/src/demo/dev.ts'
const port = Number(process.env.APIGATE_PORT || 8080)

const vite = await createServer({
  // The front door's path for the browser's files: everything else belongs to pages, APIs and customers.
  base: '/assets/',
  appType: 'custom',
  root,
  server: {
    middlewareMode: true,
    // A port that one finds again, so that open pages follow the next run, too.
    hmr: { port: port > 55_000 ? port - 10_000 : port + 10_000 },
  },
  // What the browser needs of packages, so that the first page does not load twice while they are found.
  optimizeDeps: {
    include: [
      '@hono/zod-openapi',
      '@simplewebauthn/browser',
      'culori',
      'i18next',
      'lucide-react',
      'react-i18next',
    ],
  },
})
const { moduleGraph } = vite.environments.ssr

let running
let work = start({ isQuiet: false })
let timer

async function start(options) {
  // What does not load, Vite tells.
  const loaded = await vite.ssrLoadModule(entry).catch(() => undefined)
  running = await loaded?.startDev(vite.middlewares, options).catch(tell)
  if (!running) say('Waiting for the next change …')
}

/** What a person can mend is told in one line, anything else with its trace. */
function tell(error) {
  console.error(error.code ? `\n  ${error.message}\n` : error)
}

async function stop() {
  await running?.close()
  running = undefined
}

async function restart() {
  const before = Date.now()
  await stop()
  await start({ isQuiet: true })
  if (!running) return
  say(`Restarted in ${((Date.now() - before) / 1000).toFixed(1)} s`)
  vite.ws.send({ type: 'full-reload' })
}

/** What the running server holds; pages it asks for anew at each request. */
function isServerCode(file) {
  if (file.startsWith(join(root, 'src', 'gateway')) || file.startsWith(join(root, 'migrations')))
    return true
  const waiting = [...(moduleGraph.getModulesByFile(join(root, entry)) ?? [])]
  const seen = new Set(waiting)
  for (const module of waiting) {
    if (module.file === file) return true
    if (module.id?.includes('virtual:react-router/server-build')) continue
    for (const imported of module.importedModules) {
      if (!seen.has(imported)) waiting.push(imported)
      seen.add(imported)
    }
  }
  return false
}

vite.watcher.add(join(root, 'migrations'))
vite.watcher.on('all', (_event, file) => {
  if (!isServerCode(file)) return
  clearTimeout(timer)
  timer = setTimeout(() => {
    work = work.then(restart)
  }, settleMs)
})

// The compiler that the router's plugin runs would end the process before the server is closed.
process.removeAllListeners('SIGTERM')
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    clearTimeout(timer)
    await work
    await stop()
    await vite.close()
    process.exit(0)
  })
}
