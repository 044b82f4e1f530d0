import type { App } from '../../core/app.ts'
import { type Locale, locales } from '../../core/http/page-context.ts'
import { queueMail } from '../../core/mail/mail.ts'
import { type MailName, renderMail } from '../../ui/mail.tsx'
import { getSettings } from '../settings/settings.ts'
import type { User } from './schema.ts'

export type Addressee = Pick<User, 'email' | 'name' | 'locale'>

/**
 * Queues a mail to a user, in their language. `path` is where its button leads: below the portal's
 * base path, or with `isRoot` below the server's own address.
 */
export async function mailUser(
  tx: App,
  user: Addressee,
  name: MailName,
  {
    path,
    isRoot = false,
    params,
  }: { path?: string; isRoot?: boolean; params?: Record<string, string> } = {},
): Promise<void> {
  const settings = await getSettings(tx)
  const base = isRoot ? '' : settings.portal_base_path
  const mail = await renderMail({
    name,
    locale: toLocale(user.locale),
    companyName: settings.portal_company_name,
    primaryColor: settings.portal_primary_color,
    reader: user.name,
    link: path === undefined ? undefined : `${tx.config.publicUrl}${base}${path}`,
    params,
  })
  await queueMail(tx, `accounts.${name}`, { to: user.email, ...mail })
}

const toLocale = (text: string | null): Locale => locales.find((one) => one === text) ?? 'en'
