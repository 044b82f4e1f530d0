import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { CopyButton } from '../../../ui/copy.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Card, DescriptionList, PageHeader } from '../../../ui/page.tsx'
import { Meter } from '../../../ui/stat.tsx'
import { StatusBadge } from '../../../ui/status-badge.tsx'
import type { LogDetailJson } from '../log-json.ts'
import { getLog } from '../logs.ts'
import type { Route } from './+types/portal-log'
import { ExplanationNotice } from './explanation-notice.tsx'
import { TimingBar } from './timing-bar.tsx'

export async function loader({ context, params }: Route.LoaderArgs) {
  const { app, actor, locale, timeZone } = context.get(pageContext)
  return { log: await getLog(app, actor, params.id, { locale, timeZone }) }
}

export default function Log({ loaderData: { log } }: Route.ComponentProps) {
  const { t } = useTranslation('usage')
  const request = `${log.method} ${log.path}`
  return (
    <>
      <title>{request}</title>
      <PageHeader
        title={<span className="break-all font-mono text-[18px]">{request}</span>}
        description={
          <span className="flex flex-wrap items-center gap-2">
            <StatusBadge status={log.status} /> {t(`outcome.${log.outcome}`)}
          </span>
        }
        back={{ to: '/logs', label: t('logs') }}
      />
      <div className="grid gap-6">
        {log.explanation && <ExplanationNotice explanation={log.explanation} />}
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <Card title={t('timing')}>
            <TimingBar totalMs={log.latency_ms} upstreamMs={log.upstream_ms} />
          </Card>
          <LimitsThen log={log} />
        </div>
        <Card title={t('details')}>
          <Details log={log} />
        </Card>
      </div>
    </>
  )
}

/** How full the limits were: as the answer's headers told it or, without them, as the refusal did. */
function LimitsThen({ log: { limits, explanation } }: { log: LogDetailJson }) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const rows: { text: string; used: number; limit: number }[] = []
  const add = (name: 'limitRate' | 'limitQuota' | 'usedOf', used: number, limit: number) => {
    const values = { used: format.number(used), limit: format.number(limit) }
    rows.push({ text: t(name, values), used, limit })
  }
  if (limits?.rate_limit != null) {
    add('limitRate', limits.rate_limit - (limits.rate_remaining ?? 0), limits.rate_limit)
  }
  if (limits?.quota != null) add('limitQuota', limits.quota_used ?? 0, limits.quota)
  if (rows.length === 0 && explanation?.limit != null && explanation.used != null) {
    add('usedOf', explanation.used, explanation.limit)
  }
  if (rows.length === 0) return null
  return (
    <Card title={t('limitsThen')}>
      <ul className="grid gap-3">
        {rows.map(({ text, used, limit }) => (
          <li key={text}>
            {text}
            <Meter value={used} max={limit} label={text} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Details({ log }: { log: LogDetailJson }) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const link = 'underline-offset-2 hover:underline'
  const rows: [string, ReactNode][] = [
    [
      t('id'),
      <span key="id" className="flex flex-wrap items-center gap-2">
        <code className="break-all font-mono text-xs">{log.id}</code>
        <CopyButton text={log.id} />
      </span>,
    ],
    [
      t('time'),
      <time key="time" dateTime={log.time}>
        {format.dateTime(log.time)}
      </time>,
    ],
    [
      t('key'),
      <Link key="key" to={`/keys/${log.key_id}`} className={`font-mono text-xs ${link}`}>
        {log.key_prefix}…
      </Link>,
    ],
    [t('environment'), t(`environments.${log.environment}`)],
    [
      t('endpoint'),
      <code key="route" className="font-mono text-xs">
        {log.route ?? '–'}
      </code>,
    ],
    [
      t('client'),
      <code key="client" className="font-mono text-xs">
        {log.client_ip}
      </code>,
    ],
    [t('received'), format.bytes(log.bytes_in)],
    [t('sent'), format.bytes(log.bytes_out)],
  ]
  if (log.error_code)
    rows.push([
      t('error'),
      <code key="error" className="font-mono text-xs">
        {log.error_code}
      </code>,
    ])
  return <DescriptionList rows={rows} />
}
