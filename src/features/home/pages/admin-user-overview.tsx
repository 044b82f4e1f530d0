import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { RequestChart } from '../../../ui/request-chart.tsx'
import { AddNote, addNote, removeNote } from '../../accounts/user-notes.ts'
import { revokeAnyKey } from '../../keys/keys.ts'
import { describeDevice } from '../../sessions/devices.ts'
import { endSessionOfUser } from '../../sessions/sessions.ts'
import { getCustomerOverview } from '../customer.ts'
import type { Route } from './+types/admin-user-overview'
import { UserDetails } from './user-details.tsx'
import { UserFigures } from './user-figures.tsx'
import { UserKeys } from './user-keys.tsx'
import { UserLog } from './user-log.tsx'
import { UserMembers } from './user-members.tsx'
import { UserNotes } from './user-notes.tsx'
import { UserSessions } from './user-sessions.tsx'

const results = ['note', 'note-removed', 'key', 'session'] as const

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor, timeZone } = context.get(pageContext)
  const { sessions, ...overview } = await getCustomerOverview(app, actor, params.id, timeZone)
  const result = new URL(request.url).searchParams.get('result')
  return {
    ...overview,
    sessions: sessions.map(({ user_agent, ...session }) => ({
      ...session,
      device: describeDevice(user_agent),
    })),
    result: results.find((one) => one === result),
    now: app.now().getTime(),
  }
}

const ById = z.object({ id: z.string() })

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const done = (result: string) => `/admin/users/${params.id}?result=${result}`
  return submitOneOf(request, {
    note: formOf(
      AddNote,
      (input) => addNote(app, actor, params.id, input),
      `${done('note')}#notes`,
    ),
    'remove-note': formOf(
      ById,
      ({ id }) => removeNote(app, actor, params.id, id),
      `${done('note-removed')}#notes`,
    ),
    key: formOf(ById, ({ id }) => revokeAnyKey(app, actor, id), `${done('key')}#keys`),
    session: formOf(
      ById,
      ({ id }) => endSessionOfUser(app, actor, params.id, id),
      `${done('session')}#sessions`,
    ),
  })
}

export default function AdminUserOverview({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('customers')
  const { t: home } = useTranslation('home')
  const { user, usage, keys, memberships, members, notes, sessions, log, now, result } = loaderData
  return (
    <div className="grid gap-8">
      {result && <Notice tone="ok">{t(`resultOf.${result}`)}</Notice>}
      {usage && <UserFigures usage={usage} lastActiveAt={loaderData.lastActiveAt} now={now} />}
      <div className="grid items-start gap-8 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="grid gap-8">
          {usage && (
            <Card title={home('byDay')}>
              <RequestChart title={home('byDay')} series={usage.series} />
            </Card>
          )}
          <UserKeys keys={keys} now={now} />
          {members.length > 1 && <UserMembers members={members} ownId={user.id} />}
          <UserLog log={log} userId={user.id} now={now} />
        </div>
        <div className="grid gap-8">
          <UserDetails user={user} memberships={memberships} />
          <UserNotes notes={notes} state={refusedOf(actionData, 'note')} now={now} />
          <UserSessions sessions={sessions} now={now} />
        </div>
      </div>
    </div>
  )
}
