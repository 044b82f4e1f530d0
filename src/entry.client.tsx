import { StrictMode, startTransition } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { HydratedRouter } from 'react-router/dom'
import { createI18n } from './ui/i18n.ts'

/** Takes over the page that the server rendered, in its language; only that language is loaded. */
async function hydrate(): Promise<void> {
  const locale = document.documentElement.lang === 'fr' ? 'fr' : 'en'
  const { resources } = await (locale === 'fr'
    ? import('./ui/locales/fr.ts')
    : import('./ui/locales/en.ts'))
  const i18n = createI18n(locale, resources)
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <I18nextProvider i18n={i18n}>
          <HydratedRouter />
        </I18nextProvider>
      </StrictMode>,
    )
  })
}

void hydrate()
