import { type ReactNode, useContext, useId } from 'react'
import { FormContext } from './form.tsx'

type Choice = { value: string; label: ReactNode; hint?: ReactNode }

/** One of a few, all in sight. */
export function RadioGroup({
  name,
  legend,
  choices,
  defaultValue,
}: {
  name: string
  legend: ReactNode
  choices: Choice[]
  defaultValue: string
}) {
  const { state } = useContext(FormContext)
  const id = useId()
  const chosen = state?.values?.[name] ?? defaultValue
  return (
    <fieldset className="grid gap-2.5">
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {choices.map(({ value, label, hint }) => (
        <div key={value} className="flex gap-2.5">
          <input
            type="radio"
            id={`${id}-${value}`}
            name={name}
            value={value}
            defaultChecked={value === chosen}
            aria-describedby={hint ? `${id}-${value}-hint` : undefined}
            className="mt-0.5 size-4 accent-brand"
          />
          <div>
            <label htmlFor={`${id}-${value}`}>{label}</label>
            {hint && (
              <p id={`${id}-${value}-hint`} className="text-[13px] text-n11">
                {hint}
              </p>
            )}
          </div>
        </div>
      ))}
    </fieldset>
  )
}
