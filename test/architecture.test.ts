import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import french from '../src/ui/locales/fr/sentences.json'
import { sentencesOf } from './sentences.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src')

/** Features may enter only those to their left. Audit stands first: every change of any of them is told there. */
const order = [
  'audit',
  'notices',
  'settings',
  'plans',
  'accounts',
  'meters',
  'sso',
  'sessions',
  'teams',
  'webhooks',
  'notifications',
  'upstreams',
  'keys',
  'usage',
  'logs',
  'billing',
  'knowledge',
  'support',
  'reference',
  'insights',
  'home',
]

type File = { path: string; lines: number; text: string; imports: string[] }

const files: File[] = listFiles(source)
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => {
    const text = readFileSync(path, 'utf8')
    const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
      (match) => match[1]!,
    )
    const imports = specifiers.map((specifier) =>
      relative(source, resolve(dirname(path), specifier)),
    )
    return { path: relative(source, path), lines: text.split('\n').length, text, imports }
  })

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? listFiles(path) : [path]
  })
}

const isTest = (path: string) => /\.test\.tsx?$/.test(path)
const code = files.filter(({ path }) => !isTest(path))
const roomOf = (path: string) => path.split('/')[0]!
const featureOf = (path: string) => (path.startsWith('features/') ? path.split('/')[1]! : undefined)

/** What breaks a rule, as `file → import`. */
function offences(isOffence: (file: File, target: string) => boolean): string[] {
  return code.flatMap((file) =>
    file.imports
      .filter((target) => !target.includes('+types') && isOffence(file, target))
      .map((target) => `${file.path} → ${target}`),
  )
}

test('core knows nothing of the product, and the gateway and the interface know only core', () => {
  expect(
    offences(({ path }, target) => roomOf(path) === 'core' && roomOf(target) !== 'core'),
  ).toEqual([])
  expect(
    offences(
      ({ path }, target) =>
        roomOf(path) === 'gateway' && !['core', 'gateway'].includes(roomOf(target)),
    ),
  ).toEqual([])
  expect(
    offences(
      ({ path }, target) => roomOf(path) === 'ui' && !['core', 'ui'].includes(roomOf(target)),
    ),
  ).toEqual([])
})

test('features enter only earlier features, by their doors, and the interface only from pages and mails', () => {
  const doors = /^features\/[^/]+\/(?!api|jobs|commands|pages\/|mails\.|.*-api\.ts)/
  expect(
    offences(({ path }, target) => {
      const from = featureOf(path)
      if (!from || from === 'index.ts') return false
      const to = featureOf(target)
      if (!to)
        return roomOf(target) === 'ui'
          ? !path.includes('/pages/') && !/[/-]mails\.tsx$/.test(path)
          : roomOf(target) !== 'core'
      if (to === from) return false
      return order.indexOf(to) >= order.indexOf(from) || !doors.test(target)
    }),
  ).toEqual([])
})

test('every feature has its place in the order', () => {
  const features = new Set(
    files.map(({ path }) => featureOf(path)).filter((name) => name && name !== 'index.ts'),
  )
  expect([...features].filter((name) => !order.includes(name!))).toEqual([])
})

/** The files whose values a file imports, types aside. */
const valuesOf = ({ path, text }: File) =>
  [...text.matchAll(/^(?:import|export) (?!type )([^']*?) ?from '(\.[^']+)'/gm)]
    .filter(([, names]) => !/^\{(\s*type [^,}]*,?)*\s*\}$/.test(names!))
    .map(([, , specifier]) => join(dirname(path), specifier!))

test('no file leads back to itself by what it imports', () => {
  const left = new Map(code.map((file) => [file.path, valuesOf(file)]))
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const [path, targets] of left)
      if (!targets.some((target) => left.has(target))) left.delete(path)
  }
  expect([...left.keys()]).toEqual([])
})

test('no file has grown over 300 lines, or 400 for tests', () => {
  const long = files.filter(({ path, lines }) => lines > (isTest(path) ? 400 : 300))
  expect(long.map(({ path, lines }) => `${path} ${lines}`)).toEqual([])
})

test('no file is an attic', () => {
  const attics = /(^|\/)(utils?|helpers?|types|constants|misc|common)\.tsx?$/
  expect(files.map(({ path }) => path).filter((path) => attics.test(path))).toEqual([])
})

test('only env.ts reads the environment, and features take the time from the app', () => {
  const reads = code.filter(
    ({ path, text }) => path !== 'core/env.ts' && text.includes('process.env'),
  )
  expect(reads.map(({ path }) => path)).toEqual([])
  const clocks = code.filter(
    ({ path, text }) =>
      featureOf(path) && !path.includes('/pages/') && /Date\.now\(\)|new Date\(\)/.test(text),
  )
  expect(clocks.map(({ path }) => path)).toEqual([])
})

test('all that a rule may say to a person stands in one piece, and in French', () => {
  const rules = code.filter(
    ({ path }) =>
      /^(features|http|core\/(http|idempotency))\/|^core\/(actor|errors)\.ts$/.test(path) &&
      !/\/(commands|.*-commands)\.ts$/.test(path),
  )
  const found = rules.map(({ path, text }) => sentencesOf(path, text))
  const computed = found.flatMap((file) => file.computed)
  expect(computed.filter((place) => !place.startsWith('core/errors.ts'))).toEqual([])
  const said = [...new Set(found.flatMap((file) => file.said))].sort()
  expect(Object.keys(french).sort()).toEqual(said)
  const namesIn = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map((match) => match[1]!)
  const strange = Object.entries<string>(french).filter(([english, sentence]) =>
    namesIn(sentence).some((name) => !namesIn(english).includes(name)),
  )
  expect(strange).toEqual([])
})
