import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContextOptions } from 'node:tls'
import { monotonicNow } from '../clock.ts'
import { type ConnectionOwner, UpstreamConnection, type UpstreamRequest } from './connection.ts'

const connectMs = 5000

/** An idle connection is given up before the upstream does it: Node's own server waits 5 s. */
const idleMs = 4000
const longestIdleMs = 60_000

/** Connections to one address, kept open between requests: as many as there are requests under way. */
export type UpstreamPool = {
  /** Sends a request over an idle connection or a new one. */
  send: (request: UpstreamRequest) => void
  /** Takes no new requests and closes when those under way are over. */
  close: () => void
  /** Breaks off what is under way. */
  destroy: () => void
}

/** `http:` and `https:` addresses, of which only the origin counts; or the path of a Unix socket. `tls` is for https. */
export function createUpstreamPool(
  address: URL | { socketPath: string },
  tls: SecureContextOptions = {},
): UpstreamPool {
  const isTls = address instanceof URL && address.protocol === 'https:'
  const open = isTls ? tlsOpener(address, tls) : plainOpener(address)
  const readyEvent = isTls ? 'secureConnect' : 'connect'
  const connections = new Set<UpstreamConnection>()
  /** The one that was used last is used next, so that others can go. */
  const idle: UpstreamConnection[] = []
  let isClosed = false

  const owner: ConnectionOwner = {
    onIdle: (connection) => {
      if (isClosed) return connection.retire()
      connection.idleUntil = monotonicNow() + idleTime(connection.keepAliveSeconds)
      idle.push(connection)
    },
    onClosed: (connection) => {
      connections.delete(connection)
      const at = idle.indexOf(connection)
      if (at !== -1) idle.splice(at, 1)
    },
    onUnanswered: (request) => start(request),
  }

  function start(request: UpstreamRequest): void {
    connections.add(new UpstreamConnection(owner, open, readyEvent, connectMs, request))
  }

  const sweep = setInterval(() => {
    const now = monotonicNow()
    for (const connection of [...idle]) if (connection.idleUntil <= now) connection.retire()
  }, 1000)
  sweep.unref()

  function close(): void {
    isClosed = true
    clearInterval(sweep)
    for (const connection of connections) connection.retire()
  }

  return {
    send: (request) => {
      const now = monotonicNow()
      for (let found = idle.pop(); found; found = idle.pop()) {
        if (found.isUsable(now)) return found.reuse(request)
        found.retire()
      }
      start(request)
    },
    close,
    destroy: () => {
      close()
      for (const connection of connections) connection.abort(new Error('the gateway is closing'))
    },
  }
}

/** A second less than the upstream promises: what it closes must not be on its way to it. */
function idleTime(promised: number | null): number {
  return promised === null ? idleMs : Math.min(Math.max(0, promised - 1) * 1000, longestIdleMs)
}

type Opener = (onread: { buffer: Buffer; callback: (length: number) => boolean }) => Socket

function plainOpener(address: URL | { socketPath: string }): Opener {
  const place =
    address instanceof URL
      ? { host: hostOf(address), port: Number(address.port) || 80 }
      : { path: address.socketPath }
  return (onread) => connectPlain({ ...place, onread })
}

function tlsOpener(address: URL, tls: SecureContextOptions): Opener {
  const host = hostOf(address)
  const place = { host, port: Number(address.port) || 443, ALPNProtocols: ['http/1.1'] }
  const name = isIP(host) === 0 ? { servername: host } : {}
  let session: Buffer | undefined
  return (onread) => {
    const options = { ...tls, ...place, ...name, session, onread }
    const socket = connectTls(options)
    socket.on('session', (ticket) => {
      session = ticket
    })
    return socket
  }
}

/** The host of an address as sockets take it: IPv6 without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}
