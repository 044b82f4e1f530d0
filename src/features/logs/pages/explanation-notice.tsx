import { useTranslation } from 'react-i18next'
import { Notice } from '../../../ui/notice.tsx'
import type { Explanation } from '../log-json.ts'

/** What went wrong with a request, and what helps. */
export function ExplanationNotice({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation('usage')
  return (
    <Notice tone="warn" title={t('whatHappened')}>
      <p>{explanation.text}</p>
      <p className="mt-2 font-medium">{t('remedies')}</p>
      <ul className="list-disc pl-5">
        {explanation.remedies.map((remedy) => (
          <li key={remedy}>{remedy}</li>
        ))}
      </ul>
    </Notice>
  )
}
