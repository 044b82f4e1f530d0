import { useRouteLoaderData } from 'react-router'
import type { Branding, Locale } from '../core/http/page-context.ts'

/** What every page knows of its surroundings; the root's loader gives it. */
export type Shell = {
  locale: Locale
  timeZone: string
  /** Where the portal lives, such as `/portal`. */
  basePath: string
  csrfToken: string
  branding: Branding
  /** Who is signed in, or null. */
  user: { name: string; email: string; role: 'customer' | 'agent' | 'admin' } | null
  /** The organization that the page is about, or null. */
  organizationId: string | null
  /** True while an administrator acts as this user. */
  isActing: boolean
  requestId: string
}

const signedOut: Shell = {
  locale: 'en',
  timeZone: 'UTC',
  basePath: '/portal',
  csrfToken: '',
  branding: {
    companyName: 'Apigate',
    logoUrl: null,
    primaryColor: '#3B82F6',
    customCssUrl: null,
    welcomeMessage: null,
    showUsage: true,
    showDocs: true,
    showBilling: true,
    registrationEnabled: true,
    keyCreationEnabled: true,
  },
  user: null,
  organizationId: null,
  isActing: false,
  requestId: '',
}

/** The surroundings; plain ones where even the root's loader failed. */
export function useShell(): Shell {
  const data = useRouteLoaderData('root') as { shell: Shell } | undefined
  return data?.shell ?? signedOut
}
