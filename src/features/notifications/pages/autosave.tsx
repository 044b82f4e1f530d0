import {
  type ComponentProps,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { useSubmit } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'

type AutosaveProps = ComponentProps<typeof Form> & {
  /** False while something more has to be typed. */
  isComplete?: (form: FormData) => boolean
}

/** A form that is sent as soon as something in it was changed; without JavaScript by its button. */
export function AutosaveForm({ children, isComplete = () => true, ...rest }: AutosaveProps) {
  const { t } = useTranslation('notices')
  const submit = useSubmit()
  const [isReady, setReady] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const save = useEffectEvent(() => {
    if (form.current && isComplete(new FormData(form.current)))
      void submit(form.current, { replace: true, preventScrollReset: true })
  })
  useEffect(() => {
    setReady(true)
    const { current } = form
    // The browser's own event: a text is changed when it is left, not at each key.
    const listener = () => save()
    current?.addEventListener('change', listener)
    return () => current?.removeEventListener('change', listener)
  }, [])
  return (
    <Form ref={form} method="post" replace preventScrollReset {...rest}>
      {children as ReactNode}
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
