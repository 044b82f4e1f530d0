import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { listAll } from '../../core/cli.ts'
import type { Config } from '../../core/config.ts'
import { reasonOf } from '../../core/reason.ts'
import type { Connection } from '../connect.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

type Request = Connection['request']
type List<T> = { data: T[] }

const waitMs = 5000

export async function checkAdmin(request: Request): Promise<Finding[]> {
  const { data } = (await request('GET', '/admin/users?role=admin&limit=1')) as List<unknown>
  return data.length > 0
    ? [ok('administrator', 'There is one.')]
    : [
        warning(
          'administrator',
          'There is none. Run apigate init, or open the link that a start prints.',
        ),
      ]
}

/** Whether browsers can keep a session at the public address, and proxies are told apart from customers. */
export async function checkAddress(config: Config, request: Request): Promise<Finding[]> {
  const { data } = (await request('GET', '/admin/settings')) as List<{
    key: string
    value: unknown
  }>
  const settings = new Map(data.map(({ key, value }) => [key, value]))
  const name = 'public address'
  const { publicUrl } = config
  const { protocol, hostname } = new URL(publicUrl)
  const secure = settings.get('session_secure_cookie')
  const isSecure = protocol === 'https:'
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])$|\.localhost$/.test(hostname)
  if (!isSecure && secure === true && !isLocal) {
    return [
      failed(
        name,
        `${publicUrl} is plain HTTP and session_secure_cookie is on: nobody can sign in. Use HTTPS, or set it to auto.`,
      ),
    ]
  }
  const findings: Finding[] = []
  if (isLocal) {
    findings.push(
      warning(
        name,
        `${publicUrl} is this machine's alone. Set APIGATE_PUBLIC_URL before others come.`,
      ),
    )
  } else if (!isSecure) {
    findings.push(
      warning(
        name,
        `${publicUrl} is plain HTTP: passwords and keys can be read on the way. Use HTTPS.`,
      ),
    )
  } else if (secure === false) {
    findings.push(
      warning(name, 'session_secure_cookie is off, and the address is HTTPS. Set it to auto.'),
    )
  }
  const proxies = settings.get('trusted_proxies')
  if (isSecure && Array.isArray(proxies) && proxies.length === 0) {
    findings.push(
      warning(
        'proxy',
        'HTTPS ends in front of this server, and trusted_proxies is empty: all customers seem to come from one address. Name the proxy’s.',
      ),
    )
  }
  return findings.length > 0 ? findings : [ok(name, `${publicUrl}.`)]
}

type Upstream = { name: string; urls: string[]; health_path: string | null; enabled: boolean }

export async function checkUpstreams(request: Request): Promise<Finding[]> {
  const upstreams = (await listAll({ request }, '/admin/upstreams')) as Upstream[]
  const enabled = upstreams.filter((upstream) => upstream.enabled)
  if (enabled.length === 0)
    return [warning('upstreams', 'There is none. Run apigate init, or apigate upstreams create.')]
  const findings = await Promise.all(
    enabled.flatMap((upstream) => upstream.urls.map((url) => checkUpstream(upstream, url))),
  )
  return findings
}

async function checkUpstream({ name, health_path }: Upstream, url: string): Promise<Finding> {
  const check = `upstream ${name}`
  try {
    if (health_path === null) {
      await assertConnects(new URL(url))
      return ok(check, `${url} takes connections.`)
    }
    const path = new URL(health_path, url)
    const answer = await fetch(path, { redirect: 'manual', signal: AbortSignal.timeout(waitMs) })
    await answer.body?.cancel()
    return answer.status < 400
      ? ok(check, `${path} answers ${answer.status}.`)
      : failed(check, `${path} answers ${answer.status}.`)
  } catch (error) {
    return failed(check, `${url} cannot be reached: ${reasonOf(error)}.`)
  }
}

function assertConnects({ protocol, hostname, port }: URL): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const socket =
      protocol === 'https:'
        ? connectTls({ host, port: Number(port || 443), servername: host }, done)
        : connectTcp({ host, port: Number(port || 80) }, done)
    socket.setTimeout(waitMs, () => socket.destroy(new Error('it does not answer')))
    socket.once('error', reject)
    function done() {
      socket.destroy()
      resolve()
    }
  })
}
