import type { RouteMatch, UpstreamTarget } from './contract.ts'

export type CompiledRoute = {
  route: RouteMatch
  upstream: UpstreamTarget
  kind: 'exact' | 'prefix' | 'pattern'
  /** Segments of the path; a parameter is `:name`, a prefix ends before its `*`. */
  segments: string[]
  expression: RegExp
  methods: ReadonlySet<string> | null
}

export type RouteTable = {
  exact: ReadonlyMap<string, CompiledRoute[]>
  /** Prefixes and patterns, the most specific first. */
  others: CompiledRoute[]
}

/** The route, or the methods that the path knows; none when it knows no path. */
export type Matched = { found: CompiledRoute } | { found: null; allowed: string[] }

/** Makes a table of routes. Routes of an unknown upstream are left out. */
export function compileRoutes(routes: RouteMatch[], upstreams: UpstreamTarget[]): RouteTable {
  const byId = new Map(upstreams.map((upstream) => [upstream.id, upstream]))
  const compiled = routes.flatMap((route) => {
    const upstream = byId.get(route.upstreamId)
    return upstream ? [compileRoute(route, upstream)] : []
  })
  compiled.sort(bySpecificity)
  const highest = Math.max(...compiled.map((entry) => entry.route.priority), 0)
  // An exact path is found without a walk, unless a route of higher priority could come before it.
  const isDirect = (entry: CompiledRoute) =>
    entry.kind === 'exact' && entry.route.priority === highest
  const exact = new Map<string, CompiledRoute[]>()
  for (const entry of compiled.filter(isDirect)) {
    exact.set(entry.route.path, [...(exact.get(entry.route.path) ?? []), entry])
  }
  return { exact, others: compiled.filter((entry) => !isDirect(entry)) }
}

function compileRoute(route: RouteMatch, upstream: UpstreamTarget): CompiledRoute {
  const kind = route.path.endsWith('/*')
    ? 'prefix'
    : route.path.includes('/:')
      ? 'pattern'
      : 'exact'
  const path = kind === 'prefix' ? route.path.slice(0, -2) : route.path
  const methods = route.methods.length > 0 ? new Set(route.methods) : null
  const segments = path.split('/')
  return { route, upstream, kind, segments, expression: toExpression(segments, kind), methods }
}

/** Which paths match: a parameter stands for one segment that is not empty, a prefix for itself and all below it. */
function toExpression(segments: string[], kind: CompiledRoute['kind']): RegExp {
  const parts = segments.map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)))
  return new RegExp(`^${parts.join('/')}${kind === 'prefix' ? '(?:/|$)' : '$'}`)
}

const kindOrder = { exact: 0, pattern: 1, prefix: 2 }

/** Higher priority first, then exact before pattern before prefix, then longer, then a named host, then fewer parameters. */
function bySpecificity(a: CompiledRoute, b: CompiledRoute): number {
  const parameters = (entry: CompiledRoute) =>
    entry.segments.filter((part) => part.startsWith(':')).length
  return (
    b.route.priority - a.route.priority ||
    kindOrder[a.kind] - kindOrder[b.kind] ||
    b.segments.length - a.segments.length ||
    Number(b.route.host !== null) - Number(a.route.host !== null) ||
    parameters(a) - parameters(b) ||
    a.route.path.localeCompare(b.route.path) ||
    a.route.id.localeCompare(b.route.id)
  )
}

/** Finds the route of a request. `GET` routes answer `HEAD` too. */
export function matchRoute(table: RouteTable, method: string, path: string, host: string): Matched {
  const allowed: string[] = []
  const direct = table.exact.get(path)
  if (direct) {
    const found = pick(direct, method, host, allowed)
    if (found) return { found }
  }
  for (const entry of table.others) {
    if (!entry.expression.test(path)) continue
    const found = pick([entry], method, host, allowed)
    if (found) return { found }
  }
  return { found: null, allowed: [...new Set(allowed)] }
}

function pick(
  entries: CompiledRoute[],
  method: string,
  host: string,
  allowed: string[],
): CompiledRoute | undefined {
  for (const entry of entries) {
    if (entry.route.host !== null && entry.route.host !== host) continue
    if (isMethodAllowed(entry, method)) return entry
    allowed.push(...entry.route.methods)
  }
  return undefined
}

function isMethodAllowed({ methods }: CompiledRoute, method: string): boolean {
  return methods === null || methods.has(method) || (method === 'HEAD' && methods.has('GET'))
}

/** The path that the upstream is asked for: stripped of the prefix or rewritten, as the route says. */
export function targetPath({ route, kind, segments: wanted }: CompiledRoute, path: string): string {
  if (route.rewrite === null && !route.stripPrefix) return path
  // Several slashes are one, as they were when the route was found.
  const segments = path.split(/\/+/)
  const rest = segments.slice(wanted.length).join('/')
  if (route.rewrite === null) return `/${kind === 'prefix' ? rest : ''}`
  const named = new Map(wanted.map((part, i) => [part, segments[i] ?? '']))
  const isOpen = route.rewrite.endsWith('/*')
  const filled = (isOpen ? route.rewrite.slice(0, -2) : route.rewrite)
    .split('/')
    .map((part) => (part.startsWith(':') ? (named.get(part) ?? part) : part))
    .join('/')
  return isOpen ? `${filled}/${rest}` : filled
}

/**
 * The path with its escapes of letters, digits, `-`, `.`, `_` and `~` undone, which change nothing in
 * its meaning (RFC 3986, section 6.2.2.2): no spelling leads around a route's rules.
 */
export function plainPath(path: string): string {
  if (!path.includes('%')) return path
  return path.replace(/%(2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/gi, (found) =>
    String.fromCharCode(Number.parseInt(found.slice(1), 16)),
  )
}

/**
 * True for a path whose meaning could change on its way: with a dot segment or a backslash, also in
 * percent encoding, which a server behind us may resolve to a path that no route allows.
 */
export function isAmbiguous(path: string): boolean {
  if (!path.includes('.') && !path.includes('%') && !path.includes('\\')) return false
  const plain = path
    .replace(/%25/g, '%')
    .replace(/%2e/gi, '.')
    .replace(/%2f/gi, '/')
    .replace(/%5c/gi, '\\')
  return plain.includes('\\') || /(^|\/)\.{1,2}(\/|;|$)/.test(plain) || /%00/.test(plain)
}
