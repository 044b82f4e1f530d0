import { useTranslation } from 'react-i18next'
import { LinkButton } from '../../../ui/button.tsx'
import { Code } from '../../../ui/copy.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'

type SecretBoxProps = {
  id: string
  secret: string
  /** Until when the secret before this one signs, too. */
  formerUntil?: string | null
}

/** The one time that a signing secret is shown. */
export function SecretBox({ id, secret, formerUntil }: SecretBoxProps) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  return (
    <Card>
      <div className="grid gap-5">
        <Notice tone="warn" title={t('storeNow')}>
          {t('storeNowText')}
        </Notice>
        <div data-secret>
          <Code copyable isWrapped>
            {secret}
          </Code>
        </div>
        {formerUntil && <p>{t('overlapText', { until: format.moment(formerUntil) })}</p>}
        <p className="text-n11">{t('verifyText')}</p>
        <LinkButton look="primary" to={`/webhooks/${id}`} className="justify-self-start">
          {t('stored')}
        </LinkButton>
      </div>
    </Card>
  )
}
