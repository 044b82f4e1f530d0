import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestApp } from './app.ts'

export type Received = { headers: IncomingHttpHeaders; body: string }

/** A customer's server on loopback, which the app may call. It answers 204, or as `answer` says. */
export async function startReceiver(app: TestApp) {
  const received: Received[] = []
  const state = { answer: (response: ServerResponse) => void response.writeHead(204).end() }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
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
