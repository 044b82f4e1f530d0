import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../core/http/pagination.ts'
import { from, text, to } from '../../core/http/query-fields.ts'
import { ForUser } from '../usage/usage-input.ts'

export const LogFilter = z.object({
  from,
  to,
  key_id: text(100).optional(),
  status: z
    .string()
    .regex(/^([1-5]\d\d|[1-5]xx|0)$/i, 'Use a status such as 429, or a class such as 4xx')
    .optional(),
  method: text(20).toUpperCase().optional(),
  path: text(500)
    .optional()
    .openapi({ description: 'Exact, or the beginning when it ends with *' }),
  q: text(200).trim().optional().openapi({ description: 'Part of a path, or a request id' }),
})
export type LogFilter = z.infer<typeof LogFilter>

export const ListLogs = PageQuery.extend(LogFilter.shape)
export type ListLogs = z.infer<typeof ListLogs>

export const ListAllLogs = ListLogs.extend(ForUser.shape)
export type ListAllLogs = z.infer<typeof ListAllLogs>
