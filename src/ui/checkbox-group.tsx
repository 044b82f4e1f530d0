import { type ReactNode, useContext, useId } from 'react'
import { Checkbox, FormContext } from './form.tsx'
import { useSentence } from './sentence.ts'

type CheckboxGroupProps = {
  name: string
  legend: ReactNode
  hint?: ReactNode
  choices: { value: string; label: ReactNode; hint?: ReactNode }[]
  defaultValues?: string[]
}

/** Any number of a few, all in sight. Each box is named `<name>:<value>`; `withTicked` reads them. */
export function CheckboxGroup({ name, legend, hint, choices, defaultValues }: CheckboxGroupProps) {
  const { state, scope } = useContext(FormContext)
  const say = useSentence()
  const id = useId()
  const error = state?.errors?.find(({ path }) => path === name)
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <fieldset
      id={`${scope}-${name}`}
      tabIndex={-1}
      aria-describedby={described || undefined}
      className="grid gap-2.5"
    >
      <legend className="font-medium">{legend}</legend>
      {hint && (
        <p id={`${id}-hint`} className="text-[13px] text-n11">
          {hint}
        </p>
      )}
      {choices.map(({ value, ...choice }) => (
        <Checkbox
          key={value}
          name={`${name}:${value}`}
          defaultChecked={defaultValues?.includes(value)}
          {...choice}
        />
      ))}
      {error && (
        <p id={`${id}-error`} className="text-[13px] text-bad">
          {say(error)}
        </p>
      )}
    </fieldset>
  )
}
