import { invalidInput } from '../../core/errors.ts'

export type Token = { kind: 'word' | 'number' | 'text' | 'sign' | 'end'; text: string; at: number }

const patterns: [Token['kind'], RegExp][] = [
  ['word', /[a-z_]+/iy],
  ['number', /-?\d+(?:\.\d+)?/y],
  ['text', /"[^"]*"|'[^']*'/y],
  ['sign', /==|!=|<=|>=|<|>|\(|\)/y],
]

/** The words, values and signs of a filter, with where each begins, from 1. */
export function tokensOf(filter: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < filter.length) {
    if (/\s/.test(filter[at]!)) {
      at += 1
      continue
    }
    const token = tokenAt(filter, at)
    if (!token && filter[at] === '=')
      throw invalidInput('filter', 'Position {{position}}: compare with ==.', { position: at + 1 })
    if (!token)
      throw invalidInput('filter', 'Position {{position}}: “{{found}}” is not understood.', {
        position: at + 1,
        found: filter[at]!,
      })
    tokens.push(token)
    at += token.text.length
  }
  return [...tokens, { kind: 'end', text: '', at: filter.length + 1 }]
}

function tokenAt(filter: string, at: number): Token | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const text = pattern.exec(filter)?.[0]
    if (text) return { kind, text, at: at + 1 }
  }
  return undefined
}
