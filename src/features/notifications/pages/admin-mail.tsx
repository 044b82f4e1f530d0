import { useTranslation } from 'react-i18next'
import { pageContext } from '../../../core/http/page-context.ts'
import { useFormat } from '../../../ui/format.ts'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card, DescriptionList, PageHeader } from '../../../ui/page.tsx'
import { getMail } from '../mails.ts'
import type { Route } from './+types/admin-mail'
import { mailTones } from './admin-mails.tsx'

export async function loader({ context, params }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const { html, headers, ...mail } = await getMail(app, actor, params.id)
  return { mail, headers: Object.entries(headers) }
}

export default function AdminMail({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const format = useFormat()
  const { mail, headers } = loaderData
  return (
    <>
      <title>{mail.subject}</title>
      <PageHeader title={mail.subject} back={{ to: '/admin/mail', label: t('mail') }} />
      <div className="grid max-w-2xl gap-8">
        {mail.error && <Notice tone="bad">{mail.error}</Notice>}
        <Card>
          <DescriptionList
            rows={[
              [t('recipient'), mail.to],
              [
                t('state'),
                <Badge key="status" tone={mailTones[mail.status]}>
                  {t(`mailStatus.${mail.status}`)}
                </Badge>,
              ],
              [t('when'), format.dateTime(mail.time)],
              [t('template'), <code key="template">{mail.template}</code>],
            ]}
          />
        </Card>
        <Card title={t('mailAsHtml')} flush>
          <iframe
            src={`/admin/mail/${mail.id}/html`}
            title={mail.subject}
            sandbox=""
            className="h-160 w-full rounded-b-xl border-n6 border-t"
          />
        </Card>
        <Card title={t('mailAsText')}>
          <pre className="whitespace-pre-wrap break-words font-sans">{mail.text}</pre>
          <pre className="mt-5 whitespace-pre-wrap break-words border-n6 border-t pt-4 font-mono text-n11 text-xs">
            {headers.map(([name, value]) => `${name}: ${value}`).join('\n')}
          </pre>
        </Card>
      </div>
    </>
  )
}
