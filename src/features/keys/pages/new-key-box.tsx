import { useTranslation } from 'react-i18next'
import { AnchorButton, LinkButton } from '../../../ui/button.tsx'
import { Code } from '../../../ui/copy.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'

type NewKeyBoxProps = { name: string; secret: string; publicUrl: string; sample: string | null }

/** The one time that a key is shown: it cannot be missed, and is left only by saying that it is stored. */
export function NewKeyBox({ name, secret, publicUrl, sample }: NewKeyBoxProps) {
  const { t } = useTranslation('keys')
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`API_KEY=${secret}\n`)}`
  return (
    <Card>
      <div className="grid gap-5">
        <Notice tone="warn" title={t('storeNow')}>
          {t('storeNowText', { name })}
        </Notice>
        <div data-secret>
          <Code copyable>{secret}</Code>
        </div>
        <div className="grid gap-2">
          <p className="font-medium">{t('tryIt')}</p>
          <Code copyable>{`curl -i ${publicUrl}${sample ?? '/'} -H 'X-API-Key: ${secret}'`}</Code>
        </div>
        <div className="flex flex-wrap gap-2">
          <LinkButton look="primary" to="/keys">
            {t('stored')}
          </LinkButton>
          <AnchorButton href={file} download=".env">
            {t('download')}
          </AnchorButton>
        </div>
      </div>
    </Card>
  )
}
