import { invalidInput } from '../../core/errors.ts'
import { Moment, toTime } from '../../core/http/query-fields.ts'
import { type Token, tokensOf } from './filter-tokens.ts'

export type FieldType = 'number' | 'text' | 'time'
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
export type Value = number | string | Date

/** A filter as a tree: what is compared with what, and how that is joined. */
export type Filter<Field extends string> =
  | { is: 'and' | 'or'; left: Filter<Field>; right: Filter<Field> }
  | { is: 'not'; inner: Filter<Field> }
  | { is: Comparison; field: Field; value: Value }

/** Deeper than anybody writes, and shallower than any stack. */
const deepest = 50

/**
 * Reads a filter such as `quota_percent > 80 and not (plan == "free")` over these fields. Only
 * comparisons of a field with a value, `and`, `or`, `not` and parentheses are understood; `not` binds
 * most, then `and`.
 * @throws AppError `validation_error` that says at which position, from 1, what is wrong.
 */
export function parseFilter<Field extends string>(
  filter: string,
  fields: Record<Field, FieldType>,
): Filter<Field> {
  const tokens = tokensOf(filter)
  let next = 0
  let depth = 0
  const peek = () => tokens[next]!
  const take = () => tokens[next++]!
  const isWord = (word: string) => peek().kind === 'word' && peek().text.toLowerCase() === word

  function readOr(): Filter<Field> {
    let left = readAnd()
    while (isWord('or')) {
      take()
      left = { is: 'or', left, right: readAnd() }
    }
    return left
  }

  function readAnd(): Filter<Field> {
    let left = readNot()
    while (isWord('and')) {
      take()
      left = { is: 'and', left, right: readNot() }
    }
    return left
  }

  function readNot(): Filter<Field> {
    depth += 1
    if (depth > deepest)
      throw invalidInput('filter', 'Position {{position}}: this is nested too deep.', {
        position: peek().at,
      })
    const read = readInner()
    depth -= 1
    return read
  }

  function readInner(): Filter<Field> {
    if (isWord('not')) {
      take()
      return { is: 'not', inner: readNot() }
    }
    if (peek().text !== '(') return readComparison()
    take()
    const inner = readOr()
    if (peek().text !== ')') throw expected(peek(), ')')
    take()
    return inner
  }

  function readComparison(): Filter<Field> {
    const field = readField(take())
    const sign = take()
    if (sign.kind !== 'sign' || /[()]/.test(sign.text)) throw expected(sign, '== != < <= > >=')
    const is = sign.text as Comparison
    if (fields[field] === 'text' && is !== '==' && is !== '!=')
      throw invalidInput(
        'filter',
        'Position {{position}}: {{field}} is a text; compare it with == or !=.',
        { position: sign.at, field },
      )
    return { is, field, value: readValue(take(), fields[field]) }
  }

  function readField(token: Token): Field {
    if (token.kind !== 'word') throw expected(token, Object.keys(fields).join(', '))
    const name = token.text as Field
    if (Object.hasOwn(fields, name)) return name
    throw invalidInput(
      'filter',
      'Position {{position}}: there is no field “{{name}}”. There are: {{fields}}.',
      { position: token.at, name, fields: Object.keys(fields).join(', ') },
    )
  }

  const tree = readOr()
  if (peek().kind !== 'end') throw expected(peek(), 'and, or')
  return tree
}

function readValue({ kind, text, at }: Token, type: FieldType): Value {
  if (type === 'number') {
    if (kind === 'number') return Number(text)
    throw expected({ kind, text, at }, '80')
  }
  if (kind !== 'text') throw expected({ kind, text, at }, type === 'time' ? '"2026-11-24"' : '"…"')
  const inner = text.slice(1, -1)
  if (type === 'text') return inner
  if (Moment.safeParse(inner).success) return new Date(toTime(inner, 'UTC'))
  throw expected({ kind, text, at }, '"2026-11-24"')
}

function expected({ kind, text, at }: Token, wanted: string) {
  if (kind === 'end')
    return invalidInput(
      'filter',
      'Position {{position}}: the filter ends where {{wanted}} should follow.',
      { position: at, wanted },
    )
  return invalidInput(
    'filter',
    'Position {{position}}: “{{found}}” stands where {{wanted}} should.',
    { position: at, found: text, wanted },
  )
}
