import { MoreHorizontal } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { Link } from 'react-router'

/** What can be done with a row, behind one button. It opens without JavaScript. */
export function Menu({ label, children }: { label: string; children: ReactNode }) {
  const id = useId()
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-label={label}
        className="button -my-1.5 inline-flex size-8 items-center max-sm:absolute max-sm:top-0.5 max-sm:right-2 max-sm:my-0 max-sm:size-11 justify-center rounded-lg text-n11 hover:bg-n3 hover:text-n12"
      >
        <MoreHorizontal aria-hidden className="size-4" />
      </button>
      <div
        id={id}
        popover="auto"
        className="menu min-w-44 rounded-xl border border-n6 bg-card p-1 text-left font-normal text-[13px] text-n12 shadow-xl"
      >
        <ul>{children}</ul>
      </div>
    </>
  )
}

const look =
  'flex min-h-9 w-full items-center rounded-lg px-3 text-left hover:bg-n3 focus-visible:-outline-offset-2'

export function MenuLink({ className = '', ...rest }: ComponentProps<typeof Link>) {
  return (
    <li>
      <Link className={`${look} ${className}`} {...rest} />
    </li>
  )
}

/** A form of one button stands around it. */
export function MenuButton({ children }: { children: ReactNode }) {
  return (
    <button type="submit" className={look}>
      {children}
    </button>
  )
}
