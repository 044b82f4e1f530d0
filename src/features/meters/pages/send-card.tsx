import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Code } from '../../../ui/copy.tsx'
import { Card } from '../../../ui/page.tsx'
import type { MeterJson } from '../meter-json.ts'

/** How a program reports to this meter, ready to be tried. */
export function SendCard({ meter, publicUrl }: { meter: MeterJson; publicUrl: string }) {
  const { t } = useTranslation('meters')
  const event = {
    ...{ specversion: '1.0', id: 'event-1', source: 'my-service', type: meter.key },
    ...{ subject: 'ada@example.com', data: { value: meter.kind === 'gauge' ? 42 : 1 } },
  }
  const lines = [
    `curl -i ${publicUrl}/api/v1/events \\`,
    "  -H 'Authorization: Bearer <service key>' \\",
    "  -H 'Content-Type: application/cloudevents+json' \\",
    `  -d '${JSON.stringify(event, null, 2)}'`,
  ]
  const keys = (
    <Link className="link" to="/admin/service-keys">
      {t('serviceKeys')}
    </Link>
  )
  return (
    <Card title={t('send')} actions={keys}>
      <p className="mb-3 text-n11">{t(`sendText.${meter.kind}`)}</p>
      <Code copyable>{lines.join('\n')}</Code>
    </Card>
  )
}
