import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { type Locale, locales } from '../core/http/page-context.ts'
import type { ApiEnv } from '../core/http/router.ts'
import { updateProfile } from '../features/accounts/profile.ts'

const cookieName = 'apigate_lang'

/**
 * The language of a page: `?lang=`, then the profile, then the cookie of the switch, then
 * `Accept-Language`. What the switch chose stays: in the profile of who is signed in (mails follow
 * it, too), else in a cookie.
 */
export async function resolveLocale(c: Context<ApiEnv>): Promise<Locale> {
  const asked = toLocale(c.req.query('lang'))
  if (asked) {
    setCookie(c, cookieName, asked, { path: '/', sameSite: 'Lax', maxAge: 31_536_000 })
    const { app, actor, caller } = c.var
    const isOurs = c.req.header('sec-fetch-site') !== 'cross-site'
    const isThem = actor.type === 'user' && actor.status !== 'suspended' && !actor.operator
    if (isOurs && isThem && caller.locale !== asked)
      await updateProfile(app, actor, { locale: asked })
    return asked
  }
  return (
    toLocale(c.var.caller.locale) ??
    toLocale(getCookie(c, cookieName)) ??
    fromAcceptLanguage(c.req.header('accept-language')) ??
    'en'
  )
}

function toLocale(text: string | null | undefined): Locale | undefined {
  return locales.find((locale) => locale === text)
}

/** The first of our languages in the order of the reader's weights (RFC 9110, section 12.5.4). */
function fromAcceptLanguage(header: string | undefined): Locale | undefined {
  const wishes = (header ?? '').split(',').map((part) => {
    const [range = '', ...parameters] = part.trim().split(';')
    const weight = parameters.find((parameter) => parameter.trim().startsWith('q='))
    return {
      range: range.toLowerCase().split('-')[0],
      weight: weight ? Number(weight.trim().slice(2)) : 1,
    }
  })
  wishes.sort((a, b) => b.weight - a.weight)
  return wishes.map((wish) => toLocale(wish.range)).find((locale) => locale !== undefined)
}
