import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from 'react-router'
import type { Route } from './+types/root'
import { pageContext } from './core/http/page-context.ts'
import { ActingBanner } from './ui/acting-banner.tsx'
import './ui/app.css'
import { brandCss } from './ui/brand.ts'
import { ErrorPage } from './ui/error-page.tsx'
import type { Shell } from './ui/shell.ts'

export function loader({ context }: Route.LoaderArgs) {
  const { actor, nonce, locale, timeZone, basePath, csrfToken, branding, requestId } =
    context.get(pageContext)
  const user =
    actor.type === 'user' ? { name: actor.name, email: actor.email, role: actor.role } : null
  const organizationId = actor.type === 'user' ? actor.organizationId : null
  const isActing = actor.type === 'user' && actor.operator !== undefined
  const shell: Shell = {
    ...{ locale, timeZone, basePath, csrfToken, branding, user, organizationId, isActing },
    requestId,
  }
  return { shell, nonce, brandCss: brandCss(branding.primaryColor) }
}

export function Layout({ children }: { children: ReactNode }) {
  const data = useRouteLoaderData<typeof loader>('root')
  const { i18n } = useTranslation()
  const branding = data?.shell.branding
  return (
    <html lang={i18n.language}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link
          rel="icon"
          href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%23566'/%3E%3Cpath d='M4 12V7a4 4 0 0 1 8 0v5' stroke='%23fff' stroke-width='2' fill='none'/%3E%3C/svg%3E"
        />
        <Meta />
        {/* Styles come from files and need no nonce; the router's own is gone when the browser takes over. */}
        <Links nonce="" />
        <style nonce={data?.nonce} suppressHydrationWarning>
          {data?.brandCss ?? brandCss('#3B82F6')}
        </style>
        {branding?.customCssUrl && <link rel="stylesheet" href={branding.customCssUrl} />}
      </head>
      <body data-acting={data?.shell.isActing || undefined}>
        <ActingBanner />
        {children}
        <ScrollRestoration nonce={data?.nonce} />
        <Scripts nonce={data?.nonce} />
      </body>
    </html>
  )
}

export default function Root() {
  return <Outlet />
}

export function ErrorBoundary() {
  return <ErrorPage />
}
