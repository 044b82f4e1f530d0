import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Locale } from '../core/http/page-context.ts'
import type { Resources } from './locales/en.ts'

/** Texts of one language, ready to be used at once: nothing is loaded later. */
export function createI18n(locale: Locale, resources: Resources): i18n {
  const instance = i18next.createInstance()
  void instance.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    initAsync: false,
    resources: { [locale]: resources },
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  return instance
}
