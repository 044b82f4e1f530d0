import { z } from '@hono/zod-openapi'

/** A JSON answer of a route, for its OpenAPI description. */
export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})

/** A JSON body that must be there. */
export const body = <S extends z.ZodType>(schema: S) => ({
  content: { 'application/json': { schema } },
  required: true,
})

export const IdParam = z.object({
  id: z
    .string()
    .max(300)
    .regex(/^[^\0]*$/),
})

export const noContent = (description: string) => ({ 204: { description } })
