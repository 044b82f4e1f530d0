import { createContext } from 'react-router'
import type { Actor } from '../actor.ts'
import type { App } from '../app.ts'
import type { AppError } from '../errors.ts'

export const locales = ['en', 'fr'] as const
export type Locale = (typeof locales)[number]

/** What the operator's settings say about looks and about which sections there are. */
export type Branding = {
  companyName: string
  logoUrl: string | null
  primaryColor: string
  customCssUrl: string | null
  welcomeMessage: string | null
  showUsage: boolean
  showDocs: boolean
  showBilling: boolean
  registrationEnabled: boolean
  keyCreationEnabled: boolean
}

/** What every loader and action of a page gets; the front door fills it in. */
export type PageContext = {
  app: App
  actor: Actor
  requestId: string
  locale: Locale
  timeZone: string
  /** Where the portal lives, such as `/portal`. */
  basePath: string
  csrfToken: string
  /** For inline scripts, as the content security policy wants it. */
  nonce: string
  branding: Branding
  /** Address and address family of the caller, for limits and audit. */
  ip: string | null
  /** Why a form was refused before its action could see it. */
  refusal: AppError | null
}

export const pageContext = createContext<PageContext>()
