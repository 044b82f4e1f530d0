import { useTranslation } from 'react-i18next'
import { Badge } from './notice.tsx'

/** The status of an answer: colour and number say the same. */
export function StatusBadge({ status }: { status: number }) {
  const { t } = useTranslation('usage')
  if (status === 0) return <Badge tone="warn">{t('interrupted')}</Badge>
  return <Badge tone={status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'ok'}>{status}</Badge>
}
