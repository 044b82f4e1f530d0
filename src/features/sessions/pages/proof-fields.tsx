import { useTranslation } from 'react-i18next'
import { TextField } from '../../../ui/form.tsx'

/** The password, asked for again before something that matters. */
export function PasswordField() {
  const { t } = useTranslation('accounts')
  return (
    <TextField
      name="password"
      type="password"
      label={t('currentPassword')}
      autoComplete="current-password"
    />
  )
}

/** A code of the authenticator app, or one for recovery. */
export function CodeField({ hint }: { hint?: string }) {
  const { t } = useTranslation('factors')
  return (
    <TextField
      name="code"
      label={t('code')}
      hint={hint}
      autoComplete="one-time-code"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      maxLength={40}
      className="max-w-60 font-mono"
    />
  )
}
