import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import { RelativeTime } from '../../../ui/time.tsx'

type UserSession = { id: string; device: string; ip: string | null; last_used_at: string }

/** Where the user is signed in, with a way to end each session. */
export function UserSessions({ sessions, now }: { sessions: UserSession[]; now: number }) {
  const { t } = useTranslation('customers')
  return (
    <Card title={<span id="sessions">{t('sessions')}</span>}>
      {sessions.length === 0 ? (
        <p className="text-n11">{t('noSessions')}</p>
      ) : (
        <ul className="divide-y divide-n6">
          {sessions.map((session) => (
            <li
              key={session.id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2.5 first:pt-0 last:pb-0"
            >
              <div className="min-w-0">
                <p className="font-medium">{session.device}</p>
                <p className="text-[13px] text-n11">
                  {session.ip && `${session.ip} · `}
                  <RelativeTime value={session.last_used_at} now={now} />
                </p>
              </div>
              <Form method="post" action="?index&form=session">
                <input type="hidden" name="id" value={session.id} />
                <Button look="ghost" aria-label={t('endSessionOf', { device: session.device })}>
                  {t('endSession')}
                </Button>
              </Form>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
