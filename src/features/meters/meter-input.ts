import { z } from '@hono/zod-openapi'
import { meterSources, serviceScopes } from './schema.ts'

/** Meters of all forwarded requests: always there. */
export const builtInMeters = [
  {
    key: 'api_requests',
    name: 'API requests',
    kind: 'counter',
    unit: 'requests',
    source: 'requests',
  },
  { key: 'data_transfer', name: 'Data transfer', kind: 'counter', unit: 'bytes', source: 'bytes' },
] as const

const Name = z.string().trim().min(1, 'Give the meter a name').max(80)
const Unit = z.string().trim().min(1, 'Say what is counted, such as GB').max(30)

const Kind = z.enum(['counter', 'gauge'])
const Source = z.enum(meterSources)

const NewMeter = z.strictObject({
  key: z
    .string()
    .max(60)
    .regex(
      /^[a-z][a-z0-9]*([_.-][a-z0-9]+)*$/,
      'Use small letters and digits, a letter first; between them _, . or -',
    )
    .refine((key) => key !== 'new', 'This word has a page of its own')
    .openapi({
      description: 'The type of its events, and its name in routes and in the limits of plans',
    }),
  name: Name,
  kind: Kind.openapi({
    description:
      'A counter adds up over a period; a gauge has a level, and keeps it until it is set anew',
  }),
  unit: Unit,
  source: Source.optional().openapi({
    description:
      'What feeds it: `events` (the default), or each forwarded request of the routes that name it, with 1 (`requests`), its body bytes both ways (`bytes`) or the credits of the route (`credits`)',
  }),
})
export const CreateMeter = NewMeter.refine(
  ({ kind, source = 'events' }) => kind === 'counter' || source === 'events',
  {
    path: ['source'],
    error: 'Requests add up, and a gauge has a level: only events can set it',
  },
)
export type CreateMeter = z.infer<typeof CreateMeter>

const fixed = { description: 'Chosen once: another value than it has is refused' }

export const UpdateMeter = z.strictObject({
  name: Name.optional(),
  unit: Unit.optional(),
  kind: Kind.optional().openapi(fixed),
  source: Source.optional().openapi(fixed),
  archived: z.boolean().optional().openapi({
    description:
      'An archived meter takes no events, and no route may name it; what it counted stays',
  }),
})
export type UpdateMeter = z.infer<typeof UpdateMeter>

export const IssueServiceKey = z.strictObject({
  name: z.string().trim().min(1, 'Give the key a name').max(80),
  scopes: z.array(z.enum(serviceScopes)).min(1).max(10).default(['meter:write']),
})
export type IssueServiceKey = z.infer<typeof IssueServiceKey>
