import { z } from 'zod'

/** An origin as browsers send it; an address with nothing behind its host is brought into that form. */
export const Origin = z
  .url({ protocol: /^https?$/, error: 'Use an origin such as https://app.example.com' })
  .transform((value, context) => {
    const { origin, pathname, search, hash } = new URL(value)
    if (pathname === '/' && !search && !hash) return origin
    context.addIssue('Use an origin such as https://app.example.com')
    return z.NEVER
  })
