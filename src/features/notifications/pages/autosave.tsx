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

const valuesOf = (form: HTMLFormElement) =>
  new URLSearchParams(
    [...new FormData(form)].map(([name, value]) => [name, String(value)]),
  ).toString()

/**
 * A form that is sent as soon as something in it was changed, at the latest when the page is left;
 * without JavaScript by its button.
 */
export function AutosaveForm({ children, isComplete = () => true, ...rest }: AutosaveProps) {
  const { t } = useTranslation('notices')
  const submit = useSubmit()
  const [isReady, setReady] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const savedValues = useRef('')
  const save = useEffectEvent(async (form: HTMLFormElement) => {
    if (!isComplete(new FormData(form))) return
    const values = valuesOf(form)
    await submit(form, { replace: true, preventScrollReset: true })
    savedValues.current = values
  })
  // What was typed and not yet left, or is on its way, would be lost with the page.
  const leave = useEffectEvent((form: HTMLFormElement) => {
    const data = new FormData(form)
    if (valuesOf(form) !== savedValues.current && isComplete(data))
      navigator.sendBeacon(form.action, data)
  })
  useEffect(() => {
    const { current } = form
    if (!current) return
    setReady(true)
    savedValues.current = valuesOf(current)
    // The browser's own event: a text is changed when it is left, not at each key.
    const changed = () => void save(current)
    const left = () => leave(current)
    current.addEventListener('change', changed)
    window.addEventListener('pagehide', left)
    return () => {
      left()
      current.removeEventListener('change', changed)
      window.removeEventListener('pagehide', left)
    }
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
