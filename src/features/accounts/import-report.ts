import { z } from '@hono/zod-openapi'
import { fillIn, type Sentence } from '../../core/errors.ts'

/** What a line changes, or would: plans by their slug. */
export type ImportChange = { field: 'name' | 'plan'; from: string | null; to: string }

/** What became of a line, or would. */
export type ImportLine = {
  line: number
  email: string
  result: 'created' | 'updated' | 'failed'
  /** Empty for a known address with which nothing differs. */
  changes: ImportChange[]
  /** Why it failed, and what it said. */
  problem?: Sentence
  name?: string
  plan?: string
}

export type ImportReport = {
  created: number
  updated: number
  failed: number
  lines: ImportLine[]
}

export const ImportReportJson = z
  .object({
    created: z.number().int(),
    updated: z.number().int().openapi({ description: 'Known addresses, changed or not' }),
    failed: z.number().int(),
    lines: z.array(
      z
        .object({
          line: z.number().int(),
          email: z.string(),
          result: z.enum(['created', 'updated', 'failed']),
          detail: z.string().optional(),
        })
        .openapi('ImportLine'),
    ),
  })
  .openapi('ImportReport')

export function toReportJson({ lines, ...counts }: ImportReport): z.infer<typeof ImportReportJson> {
  return {
    ...counts,
    lines: lines.map((entry) => {
      const { line, email, result } = entry
      const detail = detailOf(entry)
      return { line, email, result, ...(detail && { detail }) }
    }),
  }
}

function detailOf({ result, changes, problem }: ImportLine): string {
  if (problem) return fillIn(problem)
  if (result === 'updated' && changes.length === 0) return 'nothing to change'
  return changes
    .map(({ field, from, to }) => `${field}: ${from === null ? '' : `${from} → `}${to}`)
    .join('; ')
}
