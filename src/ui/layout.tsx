import { Bell, LogOut, Menu } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, useLocation } from 'react-router'
import { Form } from './form.tsx'
import { activeName, OrganizationSwitcher, type SwitcherProps } from './organization-switcher.tsx'
import { useShell } from './shell.ts'

export type Section = {
  to: string
  label: string
  icon: ComponentType<{ className?: string }>
  isExact?: boolean
}

export type News = { to: string; unread: number; label: string }

type LayoutProps = {
  sections: Section[]
  /** Where signing out leads. */
  signOutTo: string
  /** A word beside the company's name, for the operator's side. */
  side?: string
  /** The organizations to choose from, where there are several. */
  switcher?: SwitcherProps
  /** Where news stand, and how many of them are unread. */
  news?: News
  children: ReactNode
}

/** The frame of the signed-in pages: sections at the left, on small screens in a menu at the top. */
export function AppLayout({ sections, signOutTo, side, switcher, news, children }: LayoutProps) {
  const { t } = useTranslation()
  return (
    <div className="min-h-[calc(100dvh-var(--bar))] lg:grid lg:grid-cols-[256px_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-20 focus:rounded-lg focus:bg-card focus:p-3"
      >
        {t('skipToContent')}
      </a>
      <div className="relative lg:hidden">
        <details className="group border-n6 border-b bg-n2">
          <summary
            className={`flex min-h-14 items-center justify-between gap-3 px-4 ${news ? 'pr-16' : ''}`}
          >
            <span className="grid min-w-0">
              <Mark side={side} />
              {switcher && (
                <span className="truncate pl-9.5 text-[13px] text-n11 leading-4">
                  {activeName(switcher)}
                </span>
              )}
            </span>
            <span className="inline-flex shrink-0 items-center gap-2 rounded-lg border border-n7 px-3 py-2 font-medium">
              <Menu aria-hidden className="size-4" />
              {t('menu')}
            </span>
          </summary>
          <div className="grid gap-3 px-3 pb-3">
            {switcher && <OrganizationSwitcher {...switcher} />}
            <Navigation sections={sections} label={t('menu')} />
            <Account signOutTo={signOutTo} />
          </div>
        </details>
        {news && (
          <div className="absolute top-1.5 right-3">
            <NewsLink {...news} />
          </div>
        )}
      </div>
      <aside className="sticky top-(--bar) hidden h-[calc(100dvh-var(--bar))] flex-col gap-6 overflow-y-auto border-n6 border-r bg-n2 px-3 py-5 lg:flex">
        <div className="flex min-h-9 items-center justify-between gap-1 pl-2.5">
          <div className="min-w-0">
            <Mark side={side} />
          </div>
          {news && <NewsLink {...news} />}
        </div>
        {switcher && <OrganizationSwitcher {...switcher} />}
        <Navigation sections={sections} label={t('sections')} />
        <div className="mt-auto">
          <Account signOutTo={signOutTo} />
        </div>
      </aside>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-[1168px] px-4 py-6 outline-none sm:px-6 lg:py-8"
      >
        {children}
      </main>
    </div>
  )
}

/** A bell with the number of what is unread. */
function NewsLink({ to, unread, label }: News) {
  return (
    <Link
      to={to}
      aria-label={label}
      title={label}
      className="relative grid size-9 shrink-0 place-items-center rounded-lg text-n11 hover:bg-n3 hover:text-n12 max-lg:size-11"
    >
      <Bell aria-hidden className="size-4.5" />
      {unread > 0 && (
        <span
          aria-hidden
          className="absolute top-0 right-0 min-w-4.5 rounded-full bg-brand px-1 text-center font-semibold text-[11px] text-on-brand leading-4.5 tabular-nums max-lg:top-1 max-lg:right-1"
        >
          {unread > 99 ? '99+' : unread}
        </span>
      )}
    </Link>
  )
}

function Navigation({ sections, label }: { sections: Section[]; label: string }) {
  return (
    <nav aria-label={label}>
      <ul className="grid gap-0.5">
        {sections.map(({ to, label, icon: Icon, isExact }) => (
          <li key={to}>
            <NavLink
              to={to}
              end={isExact}
              className={({ isActive }) =>
                `flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 font-medium max-lg:min-h-11 ${isActive ? 'bg-brand-soft text-brand-text' : 'text-n11 hover:bg-n3 hover:text-n12'}`
              }
            >
              <Icon aria-hidden className="size-4" />
              {label}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Account({ signOutTo }: { signOutTo: string }) {
  const { user } = useShell()
  const { t } = useTranslation()
  return (
    <div className="grid gap-2 border-n6 border-t px-2.5 pt-4">
      {user && (
        <div className="min-w-0">
          {user.name && <p className="truncate font-medium">{user.name}</p>}
          <p className="truncate text-[13px] text-n11">{user.email}</p>
        </div>
      )}
      <div className="flex items-center justify-between">
        <LanguageSwitch />
        <Form method="post" action={signOutTo} reloadDocument isPersonal>
          <button
            type="submit"
            className="button inline-flex min-h-9 items-center gap-1.5 whitespace-nowrap rounded-lg px-2 font-medium text-n11 hover:bg-n3 hover:text-n12"
          >
            <LogOut aria-hidden className="size-4" />
            {t('signOut')}
          </button>
        </Form>
      </div>
    </div>
  )
}

/** The same page in the other language. */
export function LanguageSwitch() {
  const { locale } = useShell()
  const { pathname, search } = useLocation()
  const [code, name] = locale === 'fr' ? ['en', 'English'] : ['fr', 'Français']
  const query = new URLSearchParams(search)
  query.set('lang', code)
  return (
    <Link
      to={`${pathname}?${query}`}
      reloadDocument
      lang={code}
      hrefLang={code}
      className="inline-flex min-h-9 items-center rounded-lg px-2 text-[13px] text-n11 hover:bg-n3 hover:text-n12"
    >
      {name}
    </Link>
  )
}

/** The operator's logo or name. */
export function Mark({ side }: { side?: string }) {
  const { branding } = useShell()
  return (
    <span className="flex min-w-0 items-center gap-2.5 font-semibold text-[15px]">
      {branding.logoUrl ? (
        <img src={branding.logoUrl} alt="" className="h-7 w-auto max-w-24" />
      ) : (
        <span
          aria-hidden
          className="grid size-7 shrink-0 place-items-center rounded-lg bg-brand text-on-brand text-sm"
        >
          {branding.companyName.slice(0, 1).toUpperCase()}
        </span>
      )}
      <span className="min-w-0 truncate">{branding.companyName}</span>
      {side && (
        <span className="shrink-0 rounded-md border border-n7 px-1.5 font-medium text-n11 text-xs">
          {side}
        </span>
      )}
    </span>
  )
}

/** The frame of the signed-out pages. */
export function CenteredCard({
  title,
  children,
  below,
}: {
  title: string
  children: ReactNode
  below?: ReactNode
}) {
  return (
    <main className="mx-auto grid min-h-[calc(100dvh-var(--bar))] w-full max-w-[440px] content-center gap-6 px-4 py-10">
      <div className="flex items-center justify-between">
        <Mark />
        <LanguageSwitch />
      </div>
      <div className="rounded-xl border border-n6 bg-card p-6 sm:p-8">
        <h1 className="mb-5 font-semibold text-[22px] leading-8 tracking-tight">{title}</h1>
        {children}
      </div>
      {below && <div className="text-center text-n11">{below}</div>}
    </main>
  )
}
