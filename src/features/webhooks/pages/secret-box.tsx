import { useTranslation } from 'react-i18next'
import { LinkButton } from '../../../ui/button.tsx'
import { Code } from '../../../ui/copy.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'

/** The one time that a signing secret is shown. */
export function SecretBox({ id, secret }: { id: string; secret: string }) {
  const { t } = useTranslation('webhooks')
  return (
    <Card>
      <div className="grid gap-5">
        <Notice tone="warn" title={t('storeNow')}>
          {t('storeNowText')}
        </Notice>
        <div data-secret>
          <Code copyable>{secret}</Code>
        </div>
        <p className="text-n11">{t('verifyText')}</p>
        <LinkButton look="primary" to={`/webhooks/${id}`} className="justify-self-start">
          {t('stored')}
        </LinkButton>
      </div>
    </Card>
  )
}
