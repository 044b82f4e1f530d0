import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { App } from '../src/core/app.ts'

export type Received = {
  /** By the clock of the app that called. */
  time: Date
  headers: IncomingHttpHeaders
  body: string
}

/** A customer's server on loopback, which the app may call. It answers 204, or as `answer` says. */
export async function startReceiver(app: Pick<App, 'config' | 'now'>) {
  const received: Received[] = []
  const state = { answer: (response: ServerResponse) => void response.writeHead(204).end() }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      received.push({ time: app.now(), headers: request.headers, body })
      state.answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  app.config.outboundAllowedHosts.push(host)
  return Object.assign(state, {
    received,
    url: `http://${host}/hook`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
