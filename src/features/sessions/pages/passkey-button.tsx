import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { useSentence } from '../../../ui/sentence.ts'
import { useShell } from '../../../ui/shell.ts'
import { useHasPasskeys, usePost } from './passkey-browser.ts'

const door = '/api/portal/auth/passkey'

/** Signs in with a passkey. There is nothing to see of it where the browser cannot. */
export function PasskeyButton({ next }: { next: string | null }) {
  const { t } = useTranslation('factors')
  const say = useSentence()
  const post = usePost()
  const { basePath } = useShell()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  if (!useHasPasskeys()) return null

  const use = async () => {
    const options = await post<PublicKeyCredentialRequestOptionsJSON>(`${door}/options`, {})
    if ('errors' in options) return options
    const { startAuthentication } = await import('@simplewebauthn/browser')
    const response = await startAuthentication({ optionsJSON: options.ok })
    return post(`${door}/verify`, { response })
  }
  const signIn = async () => {
    setProblem(undefined)
    setBusy(true)
    try {
      const answer = await use()
      if ('errors' in answer) return setProblem(answer.errors.map(say).join(' '))
      // The sign-in page leads whoever is signed in on to where they wanted to go.
      const query = next === null ? '' : `?next=${encodeURIComponent(next)}`
      location.assign(`${basePath}/login${query}`)
    } catch {
      setProblem(t('passkeyUnused'))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="mt-4 grid gap-4 border-n6 border-t pt-4">
      <Button type="button" look="secondary" onClick={signIn} aria-disabled={isBusy || undefined}>
        <KeyRound aria-hidden className="size-4" />
        {t('passkeySignIn')}
      </Button>
      <p role="alert" className="text-[13px] text-bad empty:hidden">
        {problem}
      </p>
    </div>
  )
}
