import { MailCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { useShell } from '../../../ui/shell.ts'

/** The start of a person whose address is not confirmed: what to do, and what to do if that fails. */
export function PendingHome() {
  const { t } = useTranslation('accounts')
  const { user } = useShell()
  return (
    <div className="max-w-xl rounded-xl border border-n6 bg-card p-6 sm:p-8">
      <title>{t('pendingTitle')}</title>
      <MailCheck aria-hidden className="mb-4 size-8 text-brand-text" />
      <h1 className="mb-2 font-semibold text-[22px] leading-8 tracking-tight">
        {t('pendingTitle')}
      </h1>
      <p className="mb-1 break-all font-medium">{user?.email}</p>
      <p className="mb-5 text-n11">{t('pendingText')}</p>
      <Form method="post" action="/verify-email">
        <input type="hidden" name="email" value={user?.email} />
        <Button>{t('resend')}</Button>
      </Form>
      <p className="mt-5">
        <Link to="/settings" className="link">
          {t('pendingWrong')}
        </Link>
      </p>
    </div>
  )
}
