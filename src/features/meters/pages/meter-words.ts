import { useTranslation } from 'react-i18next'

type Named = { key: string; name: string; unit: string; source: 'gateway' | 'events' }

/** What a meter is called: the gateway's own in the reader's language, the others as the operator wrote them. */
export function useMeterWords() {
  const { t } = useTranslation('meters')
  const { t: usage } = useTranslation('usage')
  return {
    name: ({ key, name, source }: Named): string =>
      source === 'gateway' ? usage(`meter.${key as 'api_requests'}`) : name,
    unit: ({ key, unit, source }: Named): string =>
      source === 'gateway' ? t(`units.${key as 'api_requests'}`) : unit,
  }
}
