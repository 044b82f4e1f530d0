import { stripVTControlCharacters } from 'node:util'
import { compose } from '../compose.ts'
import type { Config } from '../core/config.ts'
import { readVersion } from '../core/package-root.ts'
import { type NodeMiddleware, serveSourceAssets } from '../http/assets.ts'
import { createPageHandler, type PageHandler } from '../http/pages.ts'
import { startDemo } from './start-demo.ts'

/**
 * `npm run dev`: the demo on modules that Vite loads one by one. Pages are asked for at each request, so
 * that a changed one is there with the next; the gateway's threads are run as they are written.
 */
export function startDev(
  middleware: NodeMiddleware,
  options: { isQuiet: boolean },
): Promise<{ close: () => Promise<void> }> {
  const serve = (config: Config) =>
    compose(config, {
      pages: createSourcePages(),
      assets: serveSourceAssets(middleware),
      version: readVersion(),
      threadEntry: new URL('../gateway/thread.ts', import.meta.url),
    })
  return startDemo(serve, options)
}

/** Pages as they are written. While one cannot be read, every page says why, until that is mended. */
function createSourcePages(): PageHandler {
  const load = () => import('virtual:react-router/server-build')
  const pages = createPageHandler(load, 'development')
  return async (c, basename, refused) => {
    try {
      await load()
    } catch (error) {
      c.header('refresh', '1')
      return c.text(stripVTControlCharacters((error as Error).message), 500)
    }
    return pages(c, basename, refused)
  }
}
