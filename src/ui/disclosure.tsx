import type { ReactNode } from 'react'

type DisclosureProps = { summary: string; isOpen?: boolean; children: ReactNode }

/** What cannot be undone, behind one click more: the form that does it, below a button that shows it. */
export function Disclosure({ summary, isOpen = false, children }: DisclosureProps) {
  return (
    <details open={isOpen}>
      <summary className="button inline-flex min-h-9 w-fit items-center rounded-lg border border-n7 px-3.5 py-1.5 font-medium text-bad hover:bg-bad-soft">
        {summary}
      </summary>
      <div className="mt-4">{children}</div>
    </details>
  )
}
