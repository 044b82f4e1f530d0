import type { ReactNode } from 'react'
import { Link } from 'react-router'

type PageHeaderProps = {
  title: ReactNode
  description?: ReactNode
  actions?: ReactNode
  back?: { to: string; label: string }
}

/** The head of a page: its one heading, what it is about, and what can be done. */
export function PageHeader({ title, description, actions, back }: PageHeaderProps) {
  return (
    <header className="mb-6 grid gap-2">
      {back && (
        <Link to={back.to} className="w-fit text-[13px] text-n11 hover:text-n12 hover:underline">
          ← {back.label}
        </Link>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div>
          <h1 className="font-semibold text-[22px] leading-8 tracking-tight">{title}</h1>
          {description && <p className="mt-1 max-w-[68ch] text-n11">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
    </header>
  )
}

type CardProps = {
  title?: ReactNode
  actions?: ReactNode
  children: ReactNode
  flush?: boolean
  className?: string
}

/** A part of a page. `flush` lets a table reach its edges. */
export function Card({ title, actions, children, flush = false, className = '' }: CardProps) {
  return (
    <section className={`min-w-0 rounded-xl border border-n6 bg-card ${className}`}>
      {(title || actions) && (
        <div className={`flex items-center justify-between gap-4 px-5 pt-4 ${flush ? 'pb-3' : ''}`}>
          {title && <h2 className="font-semibold text-[15px]">{title}</h2>}
          {actions}
        </div>
      )}
      <div className={flush ? '' : `px-5 pb-5 ${title || actions ? 'pt-3' : 'pt-5'}`}>
        {children}
      </div>
    </section>
  )
}

/** Nothing here yet: what it is, and how to begin. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="grid justify-items-center gap-2 px-6 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-[52ch] text-n11">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  )
}

/** Names and their values; stacked where the place is narrow. */
export function DescriptionList({
  rows,
  isStacked = false,
}: {
  rows: [label: string, value: ReactNode][]
  isStacked?: boolean
}) {
  const look = isStacked ? 'gap-y-3' : 'grid-cols-[minmax(7rem,max-content)_1fr] gap-x-6 gap-y-2.5'
  return (
    <dl className={`grid ${look}`}>
      {rows.map(([label, value]) => (
        <div key={label} className={isStacked ? '' : 'contents'}>
          <dt className={`text-n11 ${isStacked ? 'text-[13px]' : ''}`}>{label}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
