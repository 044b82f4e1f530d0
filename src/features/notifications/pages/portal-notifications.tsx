import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, EmptyState, PageHeader } from '../../../ui/page.tsx'
import { Pagination } from '../../../ui/table.tsx'
import { ViewLinks } from '../../../ui/view-links.tsx'
import { countUnread, ListNotes, listNotes, readAllNotes, readNote } from '../notes.ts'
import type { Route } from './+types/portal-notifications'
import { NoteList } from './note-list.tsx'

const views = ['all', 'unread'] as const

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const search = new URL(request.url).searchParams
  const view = search.get('view') === 'unread' ? 'unread' : 'all'
  const query = checked(ListNotes, {
    cursor: search.get('cursor') ?? undefined,
    unread: view === 'unread' ? 'true' : undefined,
  })
  const page = await listNotes(app, actor, query)
  return {
    view,
    notes: page.data,
    nextCursor: page.next_cursor,
    unread: await countUnread(app, actor),
    isAllRead: search.has('read'),
    now: app.now().getTime(),
  }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const view = new URL(request.url).searchParams.get('view') ?? 'all'
  return submitOneOf(request, {
    read: formOf(
      z.object({ id: z.string() }),
      ({ id }) => readNote(app, actor, id),
      `/notifications?view=${view === 'unread' ? 'unread' : 'all'}`,
    ),
    'read-all': formOf(z.object({}), () => readAllNotes(app, actor), '/notifications?read'),
  })
}

export default function Notifications({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('notices')
  const { view, notes, nextCursor, unread, isAllRead, now } = loaderData
  const actions = (
    <>
      <LinkButton to="/settings/alerts">{t('choose')}</LinkButton>
      {unread > 0 && (
        <Form method="post" action="?form=read-all">
          <Button look="secondary">{t('readAll')}</Button>
        </Form>
      )}
    </>
  )
  return (
    <>
      <title>{t('title')}</title>
      <PageHeader title={t('title')} description={t('about')} actions={actions} />
      <div className="grid gap-4">
        {isAllRead && <Notice tone="ok">{t('allRead')}</Notice>}
        <ViewLinks
          label={t('views')}
          views={views.map((name) => ({
            to: `?view=${name}`,
            label: t(name),
            isCurrent: name === view,
          }))}
        />
        <Card flush>
          {notes.length > 0 ? (
            <NoteList notes={notes} view={view} now={now} />
          ) : (
            <EmptyState title={t(view === 'unread' ? 'noneUnread' : 'none')}>
              {view === 'all' && t('noneText')}
            </EmptyState>
          )}
          <Pagination nextCursor={nextCursor} />
        </Card>
      </div>
    </>
  )
}
