import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Button } from './button.tsx'

/** The end of a form of filters: shows what matches, and while anything is filtered, leads back to all. */
export function FilterButtons({ isFiltered }: { isFiltered: boolean }) {
  const { t } = useTranslation()
  return (
    <div className="flex items-center gap-3">
      <Button look="secondary">{t('show')}</Button>
      {isFiltered && (
        <Link to="?" className="text-[13px] text-n11 underline-offset-2 hover:underline">
          {t('clearFilters')}
        </Link>
      )}
    </div>
  )
}
