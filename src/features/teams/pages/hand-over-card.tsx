import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Card } from '../../../ui/page.tsx'
import { ConfirmByPassword } from './confirm-by-password.tsx'

type HandOverCardProps = { name: string; organization: string; isActive: boolean; state?: Refused }

/** Makes somebody else the owner, and says what that means. */
export function HandOverCard({ name, organization, isActive, state }: HandOverCardProps) {
  const { t } = useTranslation('team')
  if (!isActive) {
    return (
      <Card title={t('handOver')}>
        <p className="text-n11">{t('handOverInactive')}</p>
      </Card>
    )
  }
  return (
    <Card title={t('handOver')}>
      <p className="mb-4 text-n11">
        {t('handOverText', { name, organization })} {t('handOverOwn', { name })}
      </p>
      <ConfirmByPassword
        form="owner"
        summary={t('handOver')}
        confirm={t('handOverConfirm', { name })}
        state={state}
      />
    </Card>
  )
}
