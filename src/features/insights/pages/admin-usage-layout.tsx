import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { PageHeader } from '../../../ui/page.tsx'
import { Tabs } from '../../../ui/tabs.tsx'

/** What the operator's pages of usage share: the heading, and the way between them. */
export default function AdminUsageLayout() {
  const { t } = useTranslation('insights')
  const tabs = [
    { to: '/admin/usage', label: t('requests') },
    { to: '/admin/usage/customers', label: t('customers') },
  ]
  return (
    <>
      <PageHeader title={t('usage')} description={t('about')} />
      <Tabs label={t('usage')} tabs={tabs} />
      <Outlet />
    </>
  )
}
