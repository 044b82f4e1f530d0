import { z } from '@hono/zod-openapi'

/** An address as people type it, kept in lower case. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email({ error: 'This is not an e-mail address' }))
export const Name = z.string().trim().max(100)
export const Password = z.string().max(1024, 'The password is too long')
