import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startOwnServer } from './own-server.ts'

/**
 * Starts the built server as an operator would, with a small API behind it and one plan, and tells
 * the tests where it is. Ends all of it after the last test.
 */
export default async function startServer(): Promise<() => Promise<void>> {
  const upstream = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"hello":"world"}')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const { url, token, asAdmin, stop } = await startOwnServer({
    APIGATE_OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
  })
  await asAdmin('POST', '/admin/plans', {
    name: 'Free',
    rate_limit_per_minute: 100,
    requests_per_month: 10_000,
    max_api_keys: 3,
  })
  const { port: upstreamPort } = upstream.address() as AddressInfo
  await asAdmin('POST', '/admin/upstreams', {
    name: 'api',
    url: `http://127.0.0.1:${upstreamPort}`,
  })
  await asAdmin('POST', '/admin/routes', {
    name: 'Hello',
    path: '/v1/hello',
    methods: ['GET'],
    upstream: 'api',
  })
  await asAdmin('PUT', '/admin/settings/portal_register_rate_limit', { value: 10_000 })
  await asAdmin('PUT', '/admin/settings/portal_login_rate_limit', { value: 1000 })
  process.env.APIGATE_E2E_URL = url
  process.env.APIGATE_E2E_TOKEN = token
  return async () => {
    await stop()
    await new Promise((resolve) => upstream.close(resolve))
  }
}
