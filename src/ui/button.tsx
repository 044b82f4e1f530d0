import type { ComponentProps, ReactNode } from 'react'
import { Link, useNavigation } from 'react-router'

export type Look = 'primary' | 'secondary' | 'danger' | 'ghost'

/** A long name in it goes on below where the screen is small. */
const base =
  'button inline-flex min-h-9 items-center justify-center gap-2 rounded-lg px-3.5 py-1.5 max-w-full shrink-0 font-medium max-sm:break-words sm:whitespace-nowrap motion-safe:transition-colors motion-safe:duration-100 disabled:opacity-60'
const looks: Record<Look, string> = {
  primary: 'bg-brand text-on-brand hover:bg-brand-hover',
  secondary: 'border border-n7 bg-card text-n12 hover:bg-n3',
  danger: 'border border-n7 bg-card text-bad hover:bg-bad-soft',
  ghost: 'text-n11 hover:bg-n3 hover:text-n12',
}

export type ButtonProps = ComponentProps<'button'> & { look?: Look; children: ReactNode }

/** A button; of a form, it shows that the form is on its way. */
export function Button({ look = 'primary', className = '', children, ...rest }: ButtonProps) {
  const navigation = useNavigation()
  const isPending =
    navigation.state === 'submitting' &&
    rest.name !== undefined &&
    navigation.formData?.get(rest.name) === rest.value
  return (
    <button
      type="submit"
      className={`${base} ${looks[look]} ${className}`}
      aria-busy={isPending || undefined}
      {...rest}
    >
      {children}
    </button>
  )
}

/** A link that looks like a button and leads out of these pages. */
export function AnchorButton({
  look = 'secondary',
  className = '',
  children,
  ...rest
}: ComponentProps<'a'> & { look?: Look }) {
  return (
    <a className={`${base} ${looks[look]} ${className}`} {...rest}>
      {children}
    </a>
  )
}

/** A link that looks like a button, for what leads somewhere. */
export function LinkButton({
  look = 'secondary',
  className = '',
  ...rest
}: ComponentProps<typeof Link> & { look?: Look }) {
  return <Link className={`${base} ${looks[look]} ${className}`} {...rest} />
}
