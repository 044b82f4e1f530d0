import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { PageQuery } from '../../../core/http/pagination.ts'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { listMails } from '../mails.ts'
import type { Route } from './+types/admin-mails'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined
  const page = await listMails(app, actor, checked(PageQuery, { limit: 50, cursor }))
  const mails = page.data.map(({ id, time, to, subject, status }) => ({
    ...{ id, time, to, subject, status },
  }))
  return { mails, nextCursor: page.next_cursor, hasServer: app.config.smtpUrl !== null }
}

export const mailTones = { queued: 'neutral', sent: 'ok', kept: 'neutral', failed: 'bad' } as const

export default function AdminMails({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const format = useFormat()
  const { mails, nextCursor, hasServer } = loaderData
  return (
    <>
      <title>{t('mail')}</title>
      <PageHeader title={t('mail')} description={hasServer ? t('mailText') : t('mailKept')} />
      <Card flush>
        {mails.length === 0 ? (
          <EmptyState title={t('noMail')} />
        ) : (
          <Table
            caption={t('mail')}
            rows={mails}
            keyOf={(mail) => mail.id}
            columns={[
              {
                title: t('subject'),
                isHead: true,
                cell: (mail) => (
                  <Link
                    to={`/admin/mail/${mail.id}`}
                    className="font-medium text-brand-text underline-offset-2 hover:underline"
                  >
                    {mail.subject}
                  </Link>
                ),
              },
              { title: t('recipient'), cell: (mail) => mail.to },
              {
                title: t('status'),
                cell: (mail) => (
                  <Badge tone={mailTones[mail.status]}>{t(`mailStatus.${mail.status}`)}</Badge>
                ),
              },
              { title: t('when'), cell: (mail) => format.dateTime(mail.time) },
            ]}
          />
        )}
        <Pagination nextCursor={nextCursor} />
      </Card>
    </>
  )
}
