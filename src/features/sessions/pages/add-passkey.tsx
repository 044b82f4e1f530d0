import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRevalidator } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form, type FormState, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { useHasPasskeys, usePost } from './passkey-browser.ts'
import { CodeField, PasswordField } from './proof-fields.tsx'

const path = '/api/portal/profile/passkeys'

/** Makes a passkey in this browser. `suggestion` names it by the device. */
export function AddPasskey({ suggestion, needsCode }: { suggestion: string; needsCode: boolean }) {
  const { t } = useTranslation('factors')
  const post = usePost()
  const { revalidate } = useRevalidator()
  const [state, setState] = useState<FormState>()
  const [added, setAdded] = useState(0)
  if (!useHasPasskeys()) return <p className="text-[13px] text-n11">{t('passkeyNeedsScript')}</p>

  const make = async (form: FormData) => {
    const { name, ...factors } = Object.fromEntries(
      // Fields that every form of ours carries begin with a line.
      [...form].filter(([field, value]) => !field.startsWith('_') && value !== ''),
    )
    const given = { password: '', ...factors }
    const options = await post<PublicKeyCredentialCreationOptionsJSON>(`${path}/options`, given)
    if ('errors' in options) return options
    const { startRegistration } = await import('@simplewebauthn/browser')
    const response = await startRegistration({ optionsJSON: options.ok })
    return post(path, { name: name ?? suggestion, response })
  }
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    try {
      const answer = await make(new FormData(event.currentTarget))
      if ('errors' in answer) return setState({ errors: answer.errors })
      setState(undefined)
      setAdded(added + 1)
      await revalidate()
    } catch {
      setState({ errors: [{ path: '', message: t('passkeyUnmade') }] })
    }
  }
  return (
    <>
      {added > 0 && <Notice tone="ok">{t('passkeyAdded')}</Notice>}
      {/* Each passkey that was added leaves an empty form, closed. */}
      <details key={added} open={state !== undefined}>
        <summary className="w-fit rounded-lg border border-n7 px-3.5 py-1.5 font-medium hover:bg-n3">
          {t('addPasskey')}
        </summary>
        <Form method="post" state={state} onSubmit={submit} className="mt-4 grid gap-4">
          <ErrorSummary />
          <TextField
            name="name"
            label={t('passkeyName')}
            hint={t('passkeyNameHint')}
            defaultValue={suggestion}
            maxLength={80}
          />
          <PasswordField />
          {needsCode && <CodeField hint={t('codeHint')} />}
          <Button look="secondary" className="justify-self-start">
            {t('addPasskey')}
          </Button>
        </Form>
      </details>
    </>
  )
}
