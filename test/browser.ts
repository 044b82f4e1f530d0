import type { App } from '../src/core/app.ts'
import { openDoor } from './door.ts'

/** Where a browser ended: the page's address, status and text. */
export type Stop = { url: string; status: number; text: string }

/**
 * A browser for the front door of an app and the servers that it leads to: it keeps cookies for
 * each and follows redirects, until a page of the portal, a page elsewhere or a refusal.
 */
export function openBrowser(app: App) {
  const { door } = openDoor(app)
  const home = app.config.publicUrl
  const jars = new Map<string, Map<string, string>>()

  async function request(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin, pathname, search } = new URL(url, home)
    const jar = jars.get(origin) ?? new Map<string, string>()
    jars.set(origin, jar)
    const headers = new Headers(init.headers)
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    if (origin === home) headers.set('x-forwarded-for', '198.51.100.7')
    const answer = await (origin === home
      ? door.request(pathname + search, { ...init, headers })
      : fetch(url, { ...init, headers, redirect: 'manual' }))
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(name!)
      else jar.set(name!, value!)
    }
    return answer
  }

  /** Goes to an address and on from there; `leaveAt` stops before an address that it matches. */
  async function visit(address: string, init?: RequestInit, leaveAt?: RegExp): Promise<Stop> {
    let url = new URL(address, home).href
    let next = init
    for (let hops = 0; hops < 20; hops++) {
      const answer = await request(url, next)
      const location = answer.headers.get('location')
      if (!location) return { url, status: answer.status, text: await answer.text() }
      url = new URL(location, url).href
      next = undefined
      const isPage = url.startsWith(`${home}/`) && !url.startsWith(`${home}/auth/`)
      if (isPage || leaveAt?.test(url)) return { url, status: answer.status, text: '' }
    }
    throw new Error(`no end of redirects at ${url}`)
  }

  return {
    visit,
    jarOf: (origin = home) => jars.get(origin) ?? new Map<string, string>(),
    /** Signs in at a provider whose form asks for a name. Empty: refuses. */
    signInAt: async (start: string, name: string, leaveAt?: RegExp): Promise<Stop> => {
      const form = await visit(start)
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const body = new URLSearchParams({ name })
      return visit(form.url, { method: 'POST', headers, body: body.toString() }, leaveAt)
    },
  }
}
