import { expect, test, vi } from 'vitest'
import { createOutput } from './output.ts'

function printed(print: (output: ReturnType<typeof createOutput>) => void): string {
  let text = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk
    return true
  })
  print(createOutput({ isJson: false }))
  write.mockRestore()
  return text
}

test('what a customer typed cannot steer the operator’s terminal', () => {
  const name = '\u001b[2J\u009bred\u202eeulb\u0007'
  const safe = '\\u001b[2J\\u009bred\\u202eeulb\\u0007'
  expect(printed((output) => output.table([{ name }], [['name', 'Name']]))).toContain(safe)
  expect(printed((output) => output.record({ name }))).toContain(safe)
  expect(printed((output) => output.say(`Deleted ${name}.`))).toBe(`Deleted ${safe}.\n`)
})

test('what a record holds in groups is written in words, not in JSON', () => {
  const text = printed((output) =>
    output.record({ active_users: { dau: 3, mau: 40 }, limits: {}, tags: ['a', 'b'] }),
  )
  expect(text).toMatch(/^active_users +dau: 3, mau: 40\nlimits +–\ntags +a, b\n$/)
})
