import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form, TextField } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Card } from '../../../ui/page.tsx'
import { useShell } from '../../../ui/shell.ts'
import type { getDeletion } from '../deletion.ts'

type Props = Awaited<ReturnType<typeof getDeletion>> & { state?: Refused }

/** What deleting the account would do, in figures, and the form that does it. */
export function DeletionCard({ own, left, hasPassword, isFresh, state }: Props) {
  const { t } = useTranslation('home')
  const format = useFormat()
  const { user } = useShell()
  const consequences = [
    own && t('deleteKeys', { count: own.keys, keys: format.number(own.keys) }),
    own &&
      own.requests > 0 &&
      t('deleteRequests', { count: own.requests, requests: format.number(own.requests) }),
    left.length > 0 && t('deleteLeft', { names: format.list(left) }),
    t('deleteGone'),
    t('deleteStays'),
  ].filter((line) => typeof line === 'string')
  const isBlocked = own !== null && own.others > 0
  return (
    <Card title={t('deleteTitle')}>
      <ul className="mb-4 list-outside list-disc space-y-1 ps-5 text-n11">
        {consequences.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {isBlocked ? (
        <Notice tone="warn" title={t('deleteBlocked', { count: own.others })}>
          {t('deleteBlockedText')}{' '}
          <Link to="/team" className="link">
            {t('deleteBlockedLink')}
          </Link>
        </Notice>
      ) : (
        <Disclosure summary={t('deleteTitle')} isOpen={state !== undefined}>
          {hasPassword || isFresh ? (
            <Form method="post" state={state} className="grid gap-4">
              <ErrorSummary />
              {hasPassword ? (
                <TextField
                  name="password"
                  type="password"
                  label={t('deletePassword')}
                  autoComplete="current-password"
                />
              ) : (
                <TextField
                  name="email"
                  type="email"
                  label={t('deleteAddress')}
                  hint={user?.email}
                  autoComplete="off"
                />
              )}
              <Button look="danger" className="justify-self-start">
                {t('deleteConfirm')}
              </Button>
            </Form>
          ) : (
            <Form method="post" action="/logout" reloadDocument isPersonal className="grid gap-3">
              <p>{t('deleteSignInAgain')}</p>
              <Button look="secondary" className="justify-self-start">
                {t('deleteSignOut')}
              </Button>
            </Form>
          )}
        </Disclosure>
      )}
    </Card>
  )
}
