import { isIP, type LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import type { Config } from '../config.ts'
import { type AppError, invalidInput } from '../errors.ts'
import { isPublicAddress } from './public-address.ts'
import { createResolve, type Resolve } from './resolve-name.ts'

type Guard = {
  config: Pick<Config, 'outboundAllowedHosts'>
  resolve?: Resolve
}

export const outboundFailures = [
  'address_refused',
  'name_not_found',
  'connection_failed',
  'tls_failed',
  'timeout',
] as const
/** Why there was no answer. */
export type OutboundFailure = (typeof outboundFailures)[number]

export type OutboundAnswer = {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** The beginning of the answer. */
  body: Buffer
}

type Call = { method?: string; headers?: Record<string, string>; body?: string }
type Limits = { timeoutMs: number; maxBytes: number }

const usual: Limits = { timeoutMs: 10_000, maxBytes: 16 * 1024 }

const resolveAll = createResolve()

/**
 * Calls an address that a customer typed. It connects to public addresses alone: a name is resolved
 * once, every answer is checked, and the connection is made to what was checked. Redirects are
 * answers and not followed; of a long answer only the beginning is read, and a late one is given up.
 */
export async function callOutside(
  { config, resolve = resolveAll }: Guard,
  address: string,
  { method = 'GET', headers = {}, body }: Call = {},
  { timeoutMs, maxBytes }: Limits = usual,
): Promise<OutboundAnswer | { failure: OutboundFailure }> {
  const url = URL.parse(address)
  if (!url || findFault(config, url)) return { failure: 'address_refused' }
  const lookup = isAllowed(config, url) ? undefined : guardedLookup(resolve)
  const agent = new Agent({
    connect: { lookup, timeout: timeoutMs, allowH2: false },
    pipelining: 0,
  })
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const answer = await request(url, {
      ...{ method: method as 'GET', body, signal, dispatcher: agent },
      headers: { 'user-agent': 'Apigate', ...headers },
    })
    const { statusCode: status, headers: received } = answer
    return { status, headers: received, body: await readStart(answer.body, maxBytes) }
  } catch (error) {
    return { failure: failureOf(error) }
  } finally {
    await agent.destroy()
  }
}

async function readStart(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop ends the connection.
    if (bytes >= maxBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes)
}

const refused = 'ADDRESS_REFUSED'

/** Where one of a name's addresses is not public, the name is not called at all: which one is taken is up to chance. */
function guardedLookup(resolve: Resolve): LookupFunction {
  return (name, options, done) => {
    resolve(name, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || !first) return done(error ?? failed('ENOTFOUND'), [])
      if (!addresses.every(({ address }) => isPublicAddress(address)))
        return done(failed(refused), [])
      return options.all ? done(null, addresses) : done(null, first.address, first.family)
    })
  }
}

const failed = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })

function failureOf(error: unknown): OutboundFailure {
  const { name, code = '' } = error as NodeJS.ErrnoException
  if (code === refused) return 'address_refused'
  if (name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout'
  if (/^(ENOTFOUND|ENODATA|ESERVFAIL|EREFUSED|EBADNAME)$/.test(code)) return 'name_not_found'
  if (/CERT|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO/.test(code)) return 'tls_failed'
  return 'connection_failed'
}

/**
 * Says what is wrong with an address before it is stored. A name that nobody knows passes: its
 * server may come later, and every call checks anew.
 * @throws AppError `validation_error` at `path`.
 */
export async function assertOutside(
  { config, resolve = resolveAll }: Guard,
  address: string,
  path: string,
): Promise<void> {
  const url = URL.parse(address)
  const fault = url ? findFault(config, url) : 'notAnAddress'
  if (fault) throw faultError(path, fault)
  if (isAllowed(config, url!) || isLiteral(url!)) return
  const isInside = await new Promise<boolean>((tell) => {
    const waiting = setTimeout(tell, 2000, false)
    resolve(url!.hostname, (_error, addresses = []) => {
      clearTimeout(waiting)
      tell(addresses.some((one) => !isPublicAddress(one.address)))
    })
  })
  if (isInside) throw faultError(path, 'inside')
}

type Fault = 'notAnAddress' | 'notHttps' | 'credentials' | 'inside'

/** What can be seen without asking for the name. The URL's parser has brought numbers in every form into one. */
function findFault(config: Guard['config'], url: URL): Fault | undefined {
  if (url.username || url.password) return 'credentials'
  if (isAllowed(config, url)) return url.protocol === 'http:' ? undefined : requireHttps(url)
  if (requireHttps(url)) return 'notHttps'
  if (isLiteral(url) ? !isPublicAddress(literalOf(url)) : isLocalName.test(url.hostname))
    return 'inside'
}

/** Names that mean this very machine (RFC 6761, section 6.3), whatever a name server says. */
const isLocalName = /(^|\.)localhost\.?$/

const requireHttps = (url: URL) => (url.protocol === 'https:' ? undefined : 'notHttps')

/** A number with a dot behind it is a number, too. */
const literalOf = (url: URL) => url.hostname.replace(/^\[|\]$|\.$/g, '')
const isLiteral = (url: URL) => isIP(literalOf(url)) !== 0

/** Hosts that the operator named in APIGATE_OUTBOUND_ALLOWED_HOSTS. */
const isAllowed = ({ outboundAllowedHosts }: Guard['config'], { host, hostname }: URL) =>
  outboundAllowedHosts.some((allowed) => allowed === host || allowed === hostname)

function faultError(path: string, fault: Fault): AppError {
  switch (fault) {
    case 'notAnAddress':
      return invalidInput(path, 'This is not an address')
    case 'notHttps':
      return invalidInput(path, 'Use an https address')
    case 'credentials':
      return invalidInput(path, 'An address must not hold a user name or a password')
    case 'inside':
      return invalidInput(path, 'This address does not lead to the internet')
  }
}
