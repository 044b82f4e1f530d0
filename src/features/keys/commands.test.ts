import { expect, test } from 'vitest'
import type { CommandIo } from '../../core/cli.ts'
import { keysCommands } from './commands.ts'

test('a list of keys is whole, however many pages it has', async () => {
  const pages = ['one', 'two', 'three']
  const io = {
    request: async (_method: string, path: string) => {
      const at = Number(new URLSearchParams(path.split('?')[1]).get('cursor') ?? 0)
      const next_cursor = at + 1 < pages.length ? String(at + 1) : null
      return { data: [{ id: pages[at] }], next_cursor }
    },
    table: (rows: unknown[]) => void shown.push(...rows),
  } as unknown as CommandIo
  const shown: unknown[] = []
  await keysCommands.find(({ name }) => name === 'keys list')!.run(io, {}, { user: 'ada' })
  expect(shown).toEqual(pages.map((id) => ({ id })))
})
