import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { Table } from '../../../ui/table.tsx'
import { toMeterJson } from '../meter-json.ts'
import { listMeters } from '../meters.ts'
import { listStrayLimits } from '../plan-limits.ts'
import type { Route } from './+types/admin-meters'
import { MeterTabs } from './meter-tabs.tsx'
import { useMeterWords } from './meter-words.ts'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const meters = await listMeters(app, actor)
  return { meters: meters.map(toMeterJson), stray: await listStrayLimits(app, actor) }
}

export default function AdminMeters({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('meters')
  const words = useMeterWords()
  const { meters, stray } = loaderData
  const add = (
    <LinkButton look="primary" to="/admin/meters/new">
      {t('add')}
    </LinkButton>
  )
  return (
    <>
      <title>{t('title')}</title>
      <PageHeader title={t('title')} description={t('text')} actions={add} />
      <MeterTabs />
      <div className="grid gap-8">
        {stray.length > 0 && (
          <Notice tone="warn" title={t('stray')}>
            <ul>
              {stray.map(({ plan, meter }) => (
                <li key={`${plan} ${meter}`}>{t('strayText', { plan, meter })}</li>
              ))}
            </ul>
          </Notice>
        )}
        <Card flush>
          <Table
            caption={t('title')}
            rows={meters}
            keyOf={({ key }) => key}
            columns={[
              {
                title: t('name'),
                isHead: true,
                cell: (meter) => (
                  <Link
                    className="underline-offset-2 hover:underline"
                    to={`/admin/meters/${meter.key}`}
                  >
                    {words.name(meter)}
                  </Link>
                ),
              },
              { title: t('key'), cell: ({ key }) => <code className="text-xs">{key}</code> },
              { title: t('kind'), cell: ({ kind }) => t(`kindsShort.${kind}`) },
              { title: t('unit'), cell: words.unit },
              {
                title: t('source'),
                cell: ({ id, source, archived }) => (
                  <span className="flex flex-wrap gap-1">
                    <Badge tone={source === 'events' ? 'neutral' : 'info'}>
                      {t(`sources.${source}`)}
                    </Badge>
                    {id === null && <Badge>{t('isBuiltIn')}</Badge>}
                    {archived && <Badge>{t('archived')}</Badge>}
                  </span>
                ),
              },
            ]}
          />
        </Card>
      </div>
    </>
  )
}
