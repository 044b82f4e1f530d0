import { useTranslation } from 'react-i18next'
import { LinkButton } from '../../../ui/button.tsx'
import { Card, EmptyState } from '../../../ui/page.tsx'
import { useShell } from '../../../ui/shell.ts'

/** For who has left the last organization, or handed over the own one. */
export function NoOrganization() {
  const { t } = useTranslation('team')
  const { branding } = useShell()
  const isOpen = branding.registrationEnabled
  const create = (
    <LinkButton look="primary" to="/organizations/new">
      {t('create')}
    </LinkButton>
  )
  return (
    <>
      <title>{t('noneTitle')}</title>
      <Card>
        <EmptyState
          title={<h1 className="font-semibold text-[22px] leading-8">{t('noneTitle')}</h1>}
          action={isOpen && create}
        >
          {isOpen ? t('noneText') : t('noneClosed')}
        </EmptyState>
      </Card>
    </>
  )
}
