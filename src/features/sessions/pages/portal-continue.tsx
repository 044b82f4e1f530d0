import { useTranslation } from 'react-i18next'
import { pageContext } from '../../../core/http/page-context.ts'
import { CenteredCard } from '../../../ui/layout.tsx'
import { addressOf, ownPath } from '../next-path.ts'
import type { Route } from './+types/portal-continue'

/** Goes on to a page of ours, from our own site: a browser that came from elsewhere holds back strict cookies. */
export function loader({ context, request }: Route.LoaderArgs) {
  const { basePath } = context.get(pageContext)
  const next = new URL(request.url).searchParams.get('next')
  return { address: addressOf(ownPath(next) ?? '/', basePath) }
}

export default function Continue({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { address } = loaderData
  return (
    <CenteredCard title={t('continueTitle')}>
      <title>{t('continueTitle')}</title>
      <meta httpEquiv="refresh" content={`0; url=${address}`} />
      <meta name="referrer" content="same-origin" />
      <p className="mb-5 text-n11">{t('continueText')}</p>
      <a href={address} className="link">
        {t('continue')}
      </a>
    </CenteredCard>
  )
}
