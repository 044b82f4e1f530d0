import type { Actor } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { type Locale, locales } from '../../core/http/page-context.ts'
import { queueMail } from '../../core/mail/mail.ts'
import { type MailFrame, type MailName, type MailToRender, renderMail } from '../../ui/mail.tsx'
import { getSettings } from '../settings/settings.ts'
import type { User } from './schema.ts'
import { tellUser } from './tell-user.ts'

export type Addressee = Pick<User, 'email' | 'name' | 'locale' | 'timezone'>

type Options = Pick<MailToRender, 'params' | 'details'> & { path?: string; isRoot?: boolean }

/**
 * Queues a mail to a user, in their language and time zone. `path` is where its button leads: below
 * the portal's base path, or with `isRoot` below the server's own address.
 */
export async function mailUser(
  tx: App,
  user: Addressee,
  name: MailName,
  { path, isRoot = false, params, details }: Options = {},
): Promise<void> {
  const settings = await getSettings(tx)
  const base = isRoot ? '' : settings.portal_base_path
  const mail = await renderMail({
    ...{ ...(await mailFrameOf(tx, user)), name },
    link: path === undefined ? undefined : `${tx.config.publicUrl}${base}${path}`,
    params,
    details,
  })
  await queueMail(tx, `accounts.${name}`, { to: user.email, ...mail })
}

/** What every mail to a user has: their language and time zone, the operator's looks. */
export async function mailFrameOf(app: App, user: Omit<Addressee, 'email'>): Promise<MailFrame> {
  const settings = await getSettings(app)
  return {
    locale: toLocale(user.locale),
    timeZone: user.timezone ?? 'UTC',
    companyName: settings.portal_company_name,
    primaryColor: settings.portal_primary_color,
    logoUrl: settings.portal_logo_url,
    reader: user.name,
  }
}

/** Where the portal lives, as people type it. */
export async function portalUrlOf(app: App): Promise<string> {
  return app.config.publicUrl + (await getSettings(app)).portal_base_path
}

/** Tells a user that their password is another one, and from where that was done. */
export async function tellPasswordChanged(tx: App, actor: Actor, user: User): Promise<void> {
  const ip = actor.type === 'user' || actor.type === 'anonymous' ? actor.ip : null
  await mailUser(tx, user, 'passwordChanged', {
    path: '/forgot-password',
    details: { time: tx.now(), ip },
  })
  await tellUser(tx, 'account.password_changed', { user_id: user.id, ip })
}

const toLocale = (text: string | null): Locale => locales.find((one) => one === text) ?? 'en'
