import { useTranslation } from 'react-i18next'
import { Tabs } from '../../../ui/tabs.tsx'

/** The way between meters and the keys of the programs that feed them. */
export function MeterTabs() {
  const { t } = useTranslation('meters')
  return (
    <Tabs
      label={t('title')}
      tabs={[
        { to: '/admin/meters', label: t('title') },
        { to: '/admin/service-keys', label: t('serviceKeys') },
      ]}
    />
  )
}
