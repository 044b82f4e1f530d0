import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { LinkButton } from '../../../ui/button.tsx'
import { Card, EmptyState } from '../../../ui/page.tsx'
import type { MeterJson } from '../meter-json.ts'
import type { FeedingRoute } from '../route-meters.ts'

/** Which routes feed this meter, each with the way to where that is chosen. */
export function FeedingCard({ meter, routes }: { meter: MeterJson; routes: FeedingRoute[] }) {
  const { t } = useTranslation('meters')
  if (meter.source === 'events') return null
  if (routes.length === 0) {
    return (
      <Card title={t('feeding')}>
        <EmptyState
          title={t('noRoutes')}
          action={
            <LinkButton look="secondary" to="/admin/routes">
              {t('toRoutes')}
            </LinkButton>
          }
        >
          {t('noRoutesText')}
        </EmptyState>
      </Card>
    )
  }
  return (
    <Card title={t('feeding')}>
      <p className="mb-3 text-n11">{t(`feedingText.${meter.source}`)}</p>
      <ul className="grid gap-2">
        {routes.map(({ id, name, path }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-3">
            <Link className="link" to={`/admin/routes/${id}`}>
              {name}
            </Link>
            <code className="break-all font-mono text-n11 text-xs">{path}</code>
          </li>
        ))}
      </ul>
    </Card>
  )
}
