import { useTranslation } from 'react-i18next'

type Named = { id: string | null; key: string; name: string; unit: string }

/** What a meter is called: the built-in ones in the reader's language, the others as the operator wrote them. */
export function useMeterWords() {
  const { t } = useTranslation('meters')
  const { t: usage } = useTranslation('usage')
  return {
    name: ({ id, key, name }: Named): string =>
      id === null ? usage(`meter.${key as 'api_requests'}`) : name,
    unit: ({ id, key, unit }: Named): string =>
      id === null ? t(`units.${key as 'api_requests'}`) : unit,
  }
}
