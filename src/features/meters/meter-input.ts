import { z } from '@hono/zod-openapi'
import { serviceScopes } from './schema.ts'

/** Meters that the gateway feeds: always there. */
export const gatewayMeters = [
  { key: 'api_requests', name: 'API requests', kind: 'counter', unit: 'requests' },
  { key: 'data_transfer', name: 'Data transfer', kind: 'counter', unit: 'bytes' },
] as const

const Name = z.string().trim().min(1, 'Give the meter a name').max(80)
const Unit = z.string().trim().min(1, 'Say what is counted, such as GB').max(30)

export const CreateMeter = z.strictObject({
  key: z
    .string()
    .max(60)
    .regex(
      /^[a-z][a-z0-9]*([_.-][a-z0-9]+)*$/,
      'Use small letters and digits, a letter first; between them _, . or -',
    )
    .refine((key) => key !== 'new', 'This word has a page of its own')
    .openapi({ description: 'The type of its events, and its name in the limits of plans' }),
  name: Name,
  kind: z.enum(['counter', 'gauge']).openapi({
    description:
      'A counter adds up over a period; a gauge has a level, and keeps it until it is set anew',
  }),
  unit: Unit,
})
export type CreateMeter = z.infer<typeof CreateMeter>

export const UpdateMeter = z.strictObject({
  name: Name.optional(),
  unit: Unit.optional(),
  archived: z
    .boolean()
    .optional()
    .openapi({ description: 'An archived meter takes no events; what it counted stays' }),
})
export type UpdateMeter = z.infer<typeof UpdateMeter>

export const IssueServiceKey = z.strictObject({
  name: z.string().trim().min(1, 'Give the key a name').max(80),
  scopes: z.array(z.enum(serviceScopes)).min(1).max(10).default(['meter:write']),
})
export type IssueServiceKey = z.infer<typeof IssueServiceKey>
