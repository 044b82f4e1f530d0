import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form.tsx'
import { Badge } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Pagination, Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { ListMails, listMails } from '../mails.ts'
import type { Route } from './+types/admin-mails'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const cursor = search.get('cursor') ?? undefined
  const to = search.get('to') ?? ''
  const page = await listMails(app, actor, checked(ListMails, { limit: 50, cursor, to }))
  const mails = page.data.map(({ id, time, to, subject, status }) => ({
    ...{ id, time, to, subject, status },
  }))
  const hasServer = app.config.smtpUrl !== null
  return { mails, nextCursor: page.next_cursor, to, hasServer, now: app.now().getTime() }
}

export const mailTones = { queued: 'neutral', sent: 'ok', kept: 'neutral', failed: 'bad' } as const

export default function AdminMails({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { mails, nextCursor, to, hasServer, now } = loaderData
  return (
    <>
      <title>{t('mail')}</title>
      <PageHeader title={t('mail')} description={hasServer ? t('mailText') : t('mailKept')} />
      <form method="get" className="mb-4 flex flex-wrap items-end gap-3">
        <TextField name="to" type="search" label={t('recipient')} defaultValue={to} />
        <Button look="secondary">{t('show')}</Button>
      </form>
      <Card flush>
        {mails.length === 0 ? (
          <EmptyState title={to ? t('noMailTo', { to }) : t('noMail')} />
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
                title: t('state'),
                cell: (mail) => (
                  <Badge tone={mailTones[mail.status]}>{t(`mailStatus.${mail.status}`)}</Badge>
                ),
              },
              {
                title: t('when'),
                cell: (mail) => <RelativeTime value={mail.time} now={now} />,
              },
            ]}
          />
        )}
        <Pagination nextCursor={nextCursor} />
      </Card>
    </>
  )
}
