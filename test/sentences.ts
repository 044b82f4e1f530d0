import { parseAst } from 'vite'

type Node = { type: string; start: number } & Record<string, unknown>

/** Calls of ours that take a sentence, and where it stands among their arguments. */
const makers: Record<string, number> = { AppError: 2, invalidInput: 1, fieldError: 3 }

/** Checks of a schema that take a sentence as their last argument. */
const checks =
  /^(min|max|length|regex|refine|superRefine|startsWith|endsWith|includes|gt|gte|lt|lte|positive|int|multipleOf|nonempty|addIssue)$/

/**
 * What the rules in a source file may say to a person: the sentences of errors and of schemas, and
 * the places (`computed`) where one is put together, so that no table could hold it.
 */
export function sentencesOf(path: string, text: string): { said: string[]; computed: string[] } {
  const said: string[] = []
  const computed: string[] = []
  const named = new Map<unknown, Node>()
  const collect = (node: Node | undefined) => {
    const texts = textsIn(node?.type === 'Identifier' ? named.get(node.name) : node)
    if (texts) said.push(...texts)
    else computed.push(`${path}:${text.slice(0, node?.start ?? 0).split('\n').length}`)
  }
  // The one place that says whole sentences without a call around them.
  if (path.endsWith('say-problem.ts')) {
    walk(parse(text), (node) => {
      if (isText(node) && /^[A-Z].*\.$/.test(node.value)) said.push(node.value)
    })
    return { said, computed }
  }
  walk(parse(text), (node) => {
    // A sentence too long for its line has a name, given right before.
    if (node.type === 'VariableDeclarator') named.set((node.id as Node).name, node.init as Node)
    const args = (node.arguments ?? []) as Node[]
    const callee = node.callee as Node | undefined
    const at = callee?.type === 'Identifier' ? makers[callee.name as string] : undefined
    if (at !== undefined) collect(args[at])
    const method = (callee?.property as Node | undefined)?.name
    const last = args.at(-1)
    if (typeof method === 'string' && checks.test(method) && last && isSentence(last)) collect(last)
    if (callee) for (const option of args) collectOption(option, collect)
  })
  return { said, computed }
}

/** `{ error: '…' }`, as schemas take it. */
function collectOption(option: Node, collect: (node: Node) => void): void {
  if (option.type !== 'ObjectExpression') return
  for (const property of option.properties as Node[]) {
    const name = (property.key as Node | undefined)?.name
    const value = property.value as Node | undefined
    if (name === 'error' && value && (isText(value) || value.type === 'TemplateLiteral'))
      collect(value)
  }
}

/** The texts that an expression may be: one, or one of two. */
function textsIn(node: Node | undefined): string[] | undefined {
  if (!node) return undefined
  if (isText(node)) return [node.value]
  if (node.type !== 'ConditionalExpression') return undefined
  const [left, right] = [textsIn(node.consequent as Node), textsIn(node.alternate as Node)]
  return left && right && [...left, ...right]
}

/** A text with words, unlike those that `startsWith` and its like take. */
const isSentence = (node: Node) => isText(node) && /^([A-Z]|\{\{).* /.test(node.value)

function isText(node: Node): node is Node & { value: string } {
  return node.type === 'Literal' && typeof node.value === 'string'
}

const parse = (text: string) => parseAst(text, { lang: 'tsx' }) as unknown as Node

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const part of node) walk(part, visit)
  else if (node && typeof node === 'object') {
    if ('type' in node) visit(node as Node)
    for (const part of Object.values(node)) walk(part, visit)
  }
}
