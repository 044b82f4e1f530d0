import { createServer, request } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { generate } from 'selfsigned'

export type Site = { url: string; stop: () => Promise<void> }

/** Another site than the portal's: pages on 127.0.0.1, which browsers hold for a stranger to localhost. */
export async function startOtherSite(pages: Record<string, string>): Promise<Site> {
  const server = createServer(({ url = '/' }, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(`<!doctype html><title>Another site</title>${pages[url] ?? ''}`)
  })
  return listen(server, 'http://127.0.0.1')
}

/** A proxy that speaks HTTPS to browsers, by a certificate of its own, and HTTP to the server behind it. */
export async function startTlsProxy(target: () => string): Promise<Site> {
  const name = [{ name: 'commonName', value: 'localhost' }]
  const { private: key, cert } = await generate(name, { keySize: 2048 })
  const server = createSecureServer({ key, cert }, (incoming, response) => {
    const headers = {
      ...incoming.headers,
      'x-forwarded-for': incoming.socket.remoteAddress,
      'x-forwarded-proto': 'https',
    }
    const { method, url } = incoming
    const outgoing = request(target() + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.rawHeaders)
      answer.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    incoming.pipe(outgoing)
  })
  return listen(server, 'https://localhost')
}

async function listen(server: Server, base: string): Promise<Site> {
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `${base}:${port}`, stop }
}
