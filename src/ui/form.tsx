import {
  type ComponentProps,
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useRef,
} from 'react'
import { useTranslation } from 'react-i18next'
import { Form as RouterForm } from 'react-router'
import type { FieldError } from '../core/errors.ts'
import { useSentence } from './sentence.ts'
import { useShell } from './shell.ts'

export type FormState = { errors?: FieldError[]; values?: Record<string, string> } | undefined

/** `scope` keeps the ids of two forms on a page apart. */
export const FormContext = createContext<{ state: FormState; scope: string }>({
  state: undefined,
  scope: 'field',
})

type FormProps = ComponentProps<typeof RouterForm> & {
  /** What the action answered: its errors stand at their fields, and what was typed is kept. */
  state?: FormState
  /** It means the same whatever organization the session works in. */
  isPersonal?: boolean
}

/**
 * The form of every page: it carries the token against forgery and the organization that the page
 * is about, and shows what went wrong.
 */
export function Form({ state, isPersonal = false, children, ...rest }: FormProps) {
  const { csrfToken, organizationId } = useShell()
  const scope = useId()
  return (
    <RouterForm noValidate {...rest}>
      <input type="hidden" name="_csrf" value={csrfToken} />
      {organizationId && !isPersonal && (
        <input type="hidden" name="_organization" value={organizationId} />
      )}
      <FormContext value={{ state, scope }}>{children as ReactNode}</FormContext>
    </RouterForm>
  )
}

/** All that is wrong, first and in focus; each line leads to its field. */
export function ErrorSummary() {
  const { state, scope } = useContext(FormContext)
  const { t } = useTranslation()
  const say = useSentence()
  const ref = useRef<HTMLDivElement>(null)
  const errors = state?.errors ?? []
  useEffect(() => {
    if (errors.length > 0) ref.current?.focus()
  }, [errors])
  if (errors.length === 0) return null
  return (
    <div
      ref={ref}
      tabIndex={-1}
      role="alert"
      className="rounded-lg border border-bad bg-bad-soft p-3 text-bad"
    >
      <p className="font-medium">{t('formProblem')}</p>
      <ul className="mt-1 list-inside list-disc">
        {errors.map((error) => (
          <li key={error.path + error.message}>
            {error.path ? (
              <a className="underline" href={`#${scope}-${error.path.split('.')[0]}`}>
                {say(error)}
              </a>
            ) : (
              say(error)
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

type FieldShellProps = {
  name: string
  label: ReactNode
  hint?: ReactNode
  children: (props: ControlProps) => ReactNode
}
type ControlProps = {
  id: string
  name: string
  'aria-invalid'?: true
  'aria-describedby'?: string
  defaultValue?: string
}

function FieldShell({ name, label, hint, children }: FieldShellProps) {
  const { state, scope } = useContext(FormContext)
  const hintId = useId()
  const say = useSentence()
  const error = state?.errors?.find(({ path }) => path === name || path.startsWith(`${name}.`))
  const described = [hint && `${hintId}-hint`, error && `${hintId}-error`].filter(Boolean).join(' ')
  return (
    <div className="grid gap-1">
      <label htmlFor={`${scope}-${name}`} className="font-medium">
        {label}
      </label>
      {hint && (
        <p id={`${hintId}-hint`} className="text-n11 text-[13px]">
          {hint}
        </p>
      )}
      {children({
        id: `${scope}-${name}`,
        name,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': described || undefined,
        defaultValue: state?.values?.[name],
      })}
      {error && (
        <p id={`${hintId}-error`} className="text-[13px] text-bad">
          {say(error)}
        </p>
      )}
    </div>
  )
}

type Labelled<Props> = Omit<Props, 'id'> & { name: string; label: ReactNode; hint?: ReactNode }

export function TextField({
  label,
  hint,
  name,
  className = '',
  defaultValue,
  ...rest
}: Labelled<ComponentProps<'input'>>) {
  return (
    <FieldShell name={name} label={label} hint={hint}>
      {(control) => (
        <input
          {...rest}
          {...control}
          defaultValue={
            rest.type === 'password' ? undefined : (control.defaultValue ?? defaultValue)
          }
          className={`control ${className}`}
        />
      )}
    </FieldShell>
  )
}

export function TextArea({
  label,
  hint,
  name,
  defaultValue,
  className = '',
  ...rest
}: Labelled<ComponentProps<'textarea'>>) {
  return (
    <FieldShell name={name} label={label} hint={hint}>
      {(control) => (
        <textarea
          rows={4}
          {...rest}
          {...control}
          defaultValue={control.defaultValue ?? defaultValue}
          className={`control ${className}`}
        />
      )}
    </FieldShell>
  )
}

export type Option = { value: string; label: string; group?: string }

export function Select({
  label,
  hint,
  name,
  defaultValue,
  options,
  ...rest
}: Labelled<ComponentProps<'select'>> & { options: Option[] }) {
  return (
    <FieldShell name={name} label={label} hint={hint}>
      {(control) => (
        <select
          {...rest}
          {...control}
          defaultValue={control.defaultValue ?? defaultValue}
          className="control"
        >
          {[...Map.groupBy(options, ({ group }) => group)].map(([group, members]) =>
            group === undefined ? (
              <Options key="" of={members} />
            ) : (
              <optgroup key={group} label={group}>
                <Options of={members} />
              </optgroup>
            ),
          )}
        </select>
      )}
    </FieldShell>
  )
}

function Options({ of: options }: { of: Option[] }) {
  return options.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ))
}

export function Checkbox({
  label,
  name,
  hint,
  defaultChecked,
  ...rest
}: Labelled<ComponentProps<'input'>>) {
  const { state, scope } = useContext(FormContext)
  const id = `${scope}-${name}`
  return (
    <div className="flex gap-2.5">
      <input
        type="checkbox"
        id={id}
        name={name}
        className="mt-0.5 size-4 shrink-0 accent-brand"
        // A box that was not ticked is not among what was sent.
        defaultChecked={state?.values ? name in state.values : defaultChecked}
        {...rest}
      />
      <label htmlFor={id}>
        <span className="font-medium">{label}</span>
        {hint && <span className="block text-[13px] text-n11">{hint}</span>}
      </label>
    </div>
  )
}
