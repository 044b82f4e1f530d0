import { useTranslation } from 'react-i18next'
import type { Sentence } from '../core/errors.ts'
import { useFormat } from './format.ts'

/**
 * Says what a rule says in the reader's language. The English sentence is its own key in
 * `locales/<language>/sentences.json`; English needs no table.
 */
export function useSentence(): (sentence: Sentence) => string {
  const { i18n } = useTranslation()
  const format = useFormat()
  return ({ message, params = {} }) => {
    const written = Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'number' ? format.number(value) : value,
    ])
    return i18n.t(message as 'save', {
      ...(Object.fromEntries(written) as Record<string, string>),
      ...{ ns: 'sentences' as 'common', nsSeparator: false, keySeparator: false },
    })
  }
}
