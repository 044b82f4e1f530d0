import { z } from '@hono/zod-openapi'
import { Printable } from '../../core/http/printable.ts'
import { isTimeZone } from '../../core/time-zones.ts'

/** An address as people type it, kept in lower case. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^\S*$/, { error: 'An e-mail address has no spaces in it', abort: true })
  .regex(/@/, { error: 'An e-mail address has an @ in it, as in name@example.com', abort: true })
  .regex(/@.+\../, {
    error: 'After the @ comes a whole domain, as in name@example.com',
    abort: true,
  })
  .pipe(z.email({ error: 'This is not an e-mail address' }))
export const Name = Printable.trim().max(100)
export const Password = z.string().max(1024, 'A password has at most {{maximum}} characters')
export const TimeZone = z
  .string()
  .refine(isTimeZone, 'This is not a time zone such as Europe/Paris')
