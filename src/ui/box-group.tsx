import { type ReactNode, useContext, useId } from 'react'
import { FormContext } from './form.tsx'
import { useSentence } from './sentence.ts'

type BoxGroupProps = { name: string; legend: string; children: ReactNode }

/** Tick boxes that mean something together, with what is wrong with them as a whole. */
export function BoxGroup({ name, legend, children }: BoxGroupProps) {
  const { state, scope } = useContext(FormContext)
  const say = useSentence()
  const errorId = useId()
  const error = state?.errors?.find(({ path }) => path === name || path.startsWith(`${name}.`))
  return (
    <fieldset
      id={`${scope}-${name}`}
      tabIndex={-1}
      aria-describedby={error ? errorId : undefined}
      className="group grid gap-3"
    >
      <legend className="mb-2 font-medium">{legend}</legend>
      {error && (
        <p id={errorId} className="text-[13px] text-bad">
          {say(error)}
        </p>
      )}
      {children}
    </fieldset>
  )
}
