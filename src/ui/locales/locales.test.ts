import { expect, test } from 'vitest'
import { resources as en } from './en.ts'
import { resources as fr } from './fr.ts'

type Texts = { [key: string]: string | Texts }

/** Every text by its path, with the names that it is filled with. */
function shapeOf(texts: Texts, path = ''): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, value]): [string, string[]][] => {
      const at = path ? `${path}.${key}` : key
      if (typeof value !== 'string') return Object.entries(shapeOf(value, at))
      return [
        [
          at.replace(/_many$/, '_other'),
          [...value.matchAll(/\{\{(\w+)/g)].map((match) => match[1]!).sort(),
        ],
      ]
    }),
  )
}

test('French says everything that English says, with the same values in it', () => {
  // English sentences of the rules are their own keys; test/architecture.test.ts holds French to them.
  const { sentences: _, ...texts } = fr
  expect(shapeOf(texts as unknown as Texts)).toEqual(shapeOf(en as unknown as Texts))
})
