import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TextField } from '../../../ui/form.tsx'
import { useShell } from '../../../ui/shell.ts'
import { dayOf } from './day-of.ts'

export type KeyValues = {
  name: string
  scopes: string[]
  ip_allowlist: string[]
  rate_limit_per_minute: number | null
  monthly_limit: number | null
  expires_at: string | null
}

/** What can be said of a key, new or not. Most people need only the name, and what `children` ask. */
export function KeyFields(props: { values?: KeyValues; isOpen?: boolean; children?: ReactNode }) {
  const { values, isOpen = false, children } = props
  const { t } = useTranslation('keys')
  const { timeZone } = useShell()
  return (
    <>
      <TextField
        name="name"
        label={t('name')}
        hint={t('nameHint')}
        defaultValue={values?.name}
        maxLength={80}
        autoComplete="off"
      />
      {children}
      <details open={isOpen}>
        <summary className="w-fit text-n11 underline-offset-2 hover:underline">
          {t('restrict')}
        </summary>
        <div className="mt-4 grid gap-4">
          <TextField
            name="scopes"
            label={t('scopes')}
            hint={t('scopesHint')}
            defaultValue={values?.scopes.join(', ') ?? '*'}
            autoComplete="off"
          />
          <TextField
            name="ip_allowlist"
            label={t('addresses')}
            hint={t('addressesHint')}
            defaultValue={values?.ip_allowlist.join(', ')}
            autoComplete="off"
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              name="rate_limit_per_minute"
              label={t('rateLimit')}
              hint={t('limitHint')}
              inputMode="numeric"
              defaultValue={values?.rate_limit_per_minute ?? ''}
            />
            <TextField
              name="monthly_limit"
              label={t('monthlyLimit')}
              hint={t('limitHint')}
              inputMode="numeric"
              defaultValue={values?.monthly_limit ?? ''}
            />
          </div>
          <TextField
            name="expires_at"
            type="date"
            label={t('expires')}
            hint={t('expiresHint', { zone: timeZone })}
            defaultValue={values && dayOf(values.expires_at, timeZone)}
          />
        </div>
      </details>
    </>
  )
}
