import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { PageHeader } from '../../../ui/page.tsx'
import { Tabs } from '../../../ui/tabs.tsx'

/** What all pages of a person's settings share: the heading, and the way between them. */
export default function SettingsLayout() {
  const { t } = useTranslation('accounts')
  const { t: home } = useTranslation('home')
  const tabs = [
    { to: '/settings', label: t('profile') },
    { to: '/settings/security', label: t('security') },
    { to: '/settings/data', label: home('yourData') },
  ]
  return (
    <>
      <PageHeader title={t('settings')} />
      <Tabs label={t('settings')} tabs={tabs} />
      <div className="grid max-w-2xl gap-8">
        <Outlet />
      </div>
    </>
  )
}
