import { type ComponentProps, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSubmit } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'

/** A form that is sent as soon as something in it is changed; without JavaScript by its button. */
export function AutosaveForm({ children, ...rest }: ComponentProps<typeof Form>) {
  const { t } = useTranslation('notices')
  const submit = useSubmit()
  const [isReady, setReady] = useState(false)
  useEffect(() => setReady(true), [])
  return (
    <Form
      method="post"
      replace
      preventScrollReset
      onChange={(event) => {
        void submit(event.currentTarget, { replace: true, preventScrollReset: true })
      }}
      {...rest}
    >
      {children as React.ReactNode}
      {isReady ? (
        <p className="text-[13px] text-n11">{t('autosave')}</p>
      ) : (
        <Button look="secondary" className="justify-self-start">
          {t('save')}
        </Button>
      )}
    </Form>
  )
}
