import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { Badge } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { RelativeTime } from '../../../ui/time.tsx'

export type SessionItem = {
  id: string
  device: string
  ip: string | null
  lastUsedAt: string
  isCurrent: boolean
}

/** Where the reader is signed in, with a way to end each session. */
export function SessionsCard({ sessions, now }: { sessions: SessionItem[]; now: number }) {
  const { t } = useTranslation('accounts')
  return (
    <Card title={<span id="sessions">{t('sessions')}</span>}>
      <p className="mb-4 text-n11">{t('sessionsText')}</p>
      <ul className="divide-y divide-n6 border-n6 border-y">
        {sessions.map((session) => (
          <li
            key={session.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3"
          >
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-2 font-medium">
                {session.device}
                {session.isCurrent && <Badge tone="ok">{t('thisSession')}</Badge>}
              </p>
              <p className="text-[13px] text-n11">
                {session.ip && `${session.ip} · `}
                <RelativeTime value={session.lastUsedAt} now={now} />
              </p>
            </div>
            {!session.isCurrent && (
              <Form method="post" action="?form=session">
                <input type="hidden" name="id" value={session.id} />
                <Button look="danger" aria-label={`${t('endSession')}: ${session.device}`}>
                  {t('endSession')}
                </Button>
              </Form>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <Form method="post" action="?form=sessions" className="mt-4">
          <Button look="secondary">{t('endOthers')}</Button>
        </Form>
      )}
    </Card>
  )
}
