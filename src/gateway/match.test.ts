import { expect, test } from 'vitest'
import type { RouteMatch } from './contract.ts'
import { compileRoutes, isAmbiguous, matchRoute, targetPath } from './match.ts'

const upstream = {
  id: 'ups',
  name: 'api',
  urls: ['http://localhost'],
  timeoutMs: 1000,
  maxConcurrency: null,
  authHeaders: [],
  inFlight: new SharedArrayBuffer(4),
}

function route(path: string, rest: Partial<RouteMatch> = {}): RouteMatch {
  return {
    ...{
      id: `${path} ${rest.methods ?? ''}`,
      name: path,
      path,
      methods: [],
      host: null,
      upstreamId: 'ups',
      stripPrefix: false,
    },
    ...{
      rewrite: null,
      authRequired: true,
      scopes: [],
      creditCost: 1,
      meters: [],
      timeoutMs: null,
      maxBodyBytes: null,
      cors: [],
      priority: 0,
    },
    ...rest,
  }
}

function find(routes: RouteMatch[], path: string, method = 'GET', host = 'api.test') {
  const matched = matchRoute(compileRoutes(routes, [upstream]), method, path, host)
  return matched.found ? matched.found.route.path : matched.allowed
}

test('the most specific route wins: exact, then pattern, then the longer prefix', () => {
  const routes = [
    route('/*'),
    route('/users/*'),
    route('/users/:id'),
    route('/users/me'),
    route('/users/:id/posts'),
  ]
  expect(find(routes, '/users/me')).toBe('/users/me')
  expect(find(routes, '/users/7')).toBe('/users/:id')
  expect(find(routes, '/users/7/posts')).toBe('/users/:id/posts')
  expect(find(routes, '/users/7/likes')).toBe('/users/*')
  expect(find(routes, '/users')).toBe('/users/*')
  expect(find(routes, '/usersx')).toBe('/*')
  expect(find([route('/v1/*')], '/v2/x')).toEqual([])
})

test('priority comes before specificity', () => {
  expect(find([route('/users/me'), route('/users/*', { priority: 1 })], '/users/me')).toBe(
    '/users/*',
  )
})

test('a known path with another method tells the methods; HEAD goes where GET goes', () => {
  const routes = [route('/x', { methods: ['GET'] }), route('/x', { methods: ['POST', 'GET'] })]
  expect(find(routes, '/x', 'DELETE')).toEqual(['GET', 'POST'])
  expect(find(routes, '/x', 'HEAD')).toBe('/x')
})

test('a route of a host answers only there', () => {
  const routes = [route('/x', { host: 'a.test' })]
  expect(find(routes, '/x', 'GET', 'a.test')).toBe('/x')
  expect(find(routes, '/x', 'GET', 'b.test')).toEqual([])
})

test('prefixes are stripped and paths rewritten', () => {
  const target = (entry: RouteMatch, path: string) => {
    const matched = matchRoute(compileRoutes([entry], [upstream]), 'GET', path, '')
    return matched.found && targetPath(matched.found, path)
  }
  expect(target(route('/v1/*', { stripPrefix: true }), '/v1/users/7')).toBe('/users/7')
  expect(target(route('/v1/*', { stripPrefix: true }), '/v1')).toBe('/')
  expect(target(route('/v1/*', { rewrite: '/api/v2/*' }), '/v1/users/7')).toBe('/api/v2/users/7')
  expect(target(route('/users/:id', { rewrite: '/people/:id/card' }), '/users/7')).toBe(
    '/people/7/card',
  )
  expect(target(route('/v1/*'), '/v1/users')).toBe('/v1/users')
  const matched = matchRoute(
    compileRoutes([route('/v1/*', { stripPrefix: true })], [upstream]),
    ...(['GET', '/v1/users', ''] as const),
  )
  expect(targetPath(matched.found!, '//v1///users')).toBe('/users')
})

test('paths that another server could read differently are noticed, plain ones are not', () => {
  for (const path of [
    '/v1/../admin',
    '/v1/%2e%2e/x',
    '/v1/..%2fx',
    '/v1/%2E./x',
    '/a\\b',
    '/a%5c..',
    '/v1/%252e%252e/x',
    '/.',
    '/x/..;/y',
    '/x%00',
  ]) {
    expect(isAmbiguous(path), path).toBe(true)
  }
  for (const path of ['/v1/file.json', '/v1/a..b', '/v1/%20x', '/v1/a%2Fb', '/v1/...']) {
    expect(isAmbiguous(path), path).toBe(false)
  }
})
