import { useTranslation } from 'react-i18next'
import { useFormat } from './format.ts'

type Amount = {
  source: string
  /** Left out where the label says it. */
  unit?: string
  used: number
  limit?: number | null
}

/** How much a meter has counted, against its limit where there is one. Bytes are said in sizes that people read. */
export function useMeterText() {
  const { t } = useTranslation('usage')
  const format = useFormat()
  return ({ source, unit, used, limit = null }: Amount): string => {
    const write = source === 'bytes' ? format.bytes : format.number
    const amounts = { used: write(used), limit: limit === null ? '' : write(limit) }
    if (source === 'bytes' || unit === undefined)
      return limit === null ? amounts.used : t('usedOf', amounts)
    return limit === null
      ? t('usedUnit', { ...amounts, unit })
      : t('usedOfUnit', { ...amounts, unit })
  }
}
