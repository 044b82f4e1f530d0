import { useTranslation } from 'react-i18next'
import { Link, Outlet } from 'react-router'
import { can, requireUser } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { Notice } from '../../../ui/notice.tsx'
import { PageHeader } from '../../../ui/page.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import type { Route } from './+types/settings-layout'

export function loader({ context }: Route.LoaderArgs) {
  const { actor } = context.get(pageContext)
  return {
    isPending: requireUser(actor).status === 'pending',
    seesAlerts: can(actor, 'alerts:read'),
    seesActivity: can(actor, 'audit:read'),
  }
}

/** What all pages of a person's settings share: the heading, and the way between them. */
export default function SettingsLayout({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { t: home } = useTranslation('home')
  const { t: notices } = useTranslation('notices')
  const tabs = [
    { to: '/settings', label: t('profile') },
    { to: '/settings/security', label: t('security') },
    ...(loaderData.seesAlerts ? [{ to: '/settings/alerts', label: notices('alerts') }] : []),
    ...(loaderData.seesActivity ? [{ to: '/settings/activity', label: t('activity') }] : []),
    { to: '/settings/data', label: home('yourData') },
  ]
  return (
    <>
      <PageHeader title={t('settings')} />
      <Tabs label={t('settings')} tabs={tabs} />
      <div className="grid max-w-2xl gap-8">
        {loaderData.isPending && (
          <Notice tone="warn" title={t('pendingTitle')}>
            {t('pendingText')}{' '}
            <Link to="/" className="link">
              {t('resend')}
            </Link>
          </Notice>
        )}
        <Outlet />
      </div>
    </>
  )
}
