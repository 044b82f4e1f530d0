import type { App } from '../src/core/app.ts'
import { apis } from '../src/features/index.ts'
import { createFrontDoor } from '../src/http/server.ts'

export type Call = { token?: string; ip?: string; headers?: Record<string, string>; body?: unknown }
export type Answer<T> = { status: number; headers: Headers; body: T }

/** The front door of an app without a network: `call('POST', '/api/portal/keys', { token, body })`. */
export function openDoor(app: App) {
  const door = createFrontDoor(app, { apis, version: '0.0.0-test' })
  return {
    door,
    // biome-ignore lint/suspicious/noExplicitAny: answers are checked by the tests themselves
    call: async <T = any>(method: string, path: string, options: Call = {}): Promise<Answer<T>> => {
      const headers = new Headers(options.headers)
      headers.set('x-forwarded-for', options.ip ?? '198.51.100.7')
      if (options.token) headers.set('authorization', `Bearer ${options.token}`)
      if (options.body !== undefined) headers.set('content-type', 'application/json')
      const body = options.body === undefined ? undefined : JSON.stringify(options.body)
      const response = await door.request(path, { method, headers, body })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        body: text ? JSON.parse(text) : null,
      }
    },
  }
}
