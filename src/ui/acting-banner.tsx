import { UserRoundCog } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Form } from './form.tsx'
import { useShell } from './shell.ts'

/** Stays in sight on every page while an administrator acts as a user. */
export function ActingBanner() {
  const { t } = useTranslation()
  const { user, isActing } = useShell()
  if (!user || !isActing) return null
  return (
    <aside
      aria-label={t('acting')}
      className="sticky top-0 z-30 flex min-h-11 items-center justify-center gap-4 bg-warn px-4 py-1 text-card max-sm:justify-between"
    >
      <p className="flex min-w-0 items-center gap-2 max-sm:text-[13px] max-sm:leading-[18px]">
        <UserRoundCog aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0 break-words sm:truncate">
          {t('actingAs', { name: user.name || user.email })}
        </span>
      </p>
      <Form method="post" action="/acting/stop" reloadDocument className="shrink-0">
        <button
          type="submit"
          className="button inline-flex min-h-8 items-center rounded-lg border border-current px-3 font-medium whitespace-nowrap hover:bg-card hover:text-warn"
        >
          {t('stopActing')}
        </button>
      </Form>
    </aside>
  )
}
