import { relative } from 'node:path'
import type { Plugin, Rolldown } from 'vite'

/** The packages that browsers are sent. With any other, code of the server has come along. */
const packages = new Set([
  ...['react', 'react-dom', 'react-router', 'scheduler', 'use-sync-external-store'],
  ...['i18next', 'react-i18next', 'lucide-react', 'culori', '@simplewebauthn/browser'],
])

/** What Vite puts in the place of Node's own modules: nothing. */
const emptied = /__vite-browser-external/

/**
 * Fails the build when a page's component uses a module of the server. Nothing else would tell: the
 * server draws the page, and in the browser it is dead, for the module breaks as it is loaded.
 */
export function keepServerOut(): Plugin {
  return {
    name: 'keep-server-out',
    applyToEnvironment: ({ name }) => name === 'client',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const modules = chunks.flatMap((chunk) => Object.entries(chunk.modules))
      const sent = modules.filter(([, { renderedLength }]) => renderedLength > 0)
      const strange = sent.flatMap(([id]) => {
        const what = strangerIn(this, id)
        return what === undefined ? [] : `${wayTo(this, id)} → ${what}`
      })
      if (strange.length > 0)
        this.error(`Server code in the browser's files:\n${[...new Set(strange)].join('\n')}`)
    },
  }
}

/** What a module is or uses that is not for browsers. */
function strangerIn(context: Rolldown.PluginContext, id: string): string | undefined {
  const name = packageOf(id)
  if (name !== undefined) return packages.has(name) ? undefined : name
  const imports = context.getModuleInfo(id)?.importedIds ?? []
  return imports.some((one) => emptied.test(one)) ? 'a module of Node' : undefined
}

const packageOf = (id: string) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1]

/** The files of ours by which a page leads to a module, the page first. */
function wayTo(context: Rolldown.PluginContext, id: string): string {
  const way = [id]
  for (let at: string | undefined = id; at !== undefined; ) {
    const importers: readonly string[] = context.getModuleInfo(at)?.importers ?? []
    at = importers.find((one) => !way.includes(one))
    if (at !== undefined) way.unshift(at)
  }
  const ours = way.filter((one) => packageOf(one) === undefined && !one.startsWith('\0'))
  return [...new Set(ours.map((one) => relative(process.cwd(), one.split('?')[0]!)))].join(' → ')
}
