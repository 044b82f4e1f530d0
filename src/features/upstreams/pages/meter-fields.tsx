import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { CheckboxGroup } from '../../../ui/checkbox-group.tsx'

type MeterFieldsProps = {
  /** Those that a route may name. */
  meters: { key: string; name: string; source: 'events' | 'requests' | 'bytes' | 'credits' }[]
  named?: string[]
}

/** Which meters the requests of a route feed. */
export function MeterFields({ meters, named }: MeterFieldsProps) {
  const { t } = useTranslation('admin')
  const { t: meter } = useTranslation('meters')
  if (meters.length === 0) {
    return (
      <div className="grid gap-1">
        <p className="font-medium">{t('meters')}</p>
        <p className="text-[13px] text-n11">
          {t('noRouteMeters')}{' '}
          <Link className="link" to="/admin/meters/new">
            {meter('add')}
          </Link>
        </p>
      </div>
    )
  }
  return (
    <CheckboxGroup
      name="meters"
      legend={t('meters')}
      hint={t('routeMetersHint')}
      defaultValues={named}
      choices={meters.map(({ key, name, source }) => ({
        value: key,
        label: name,
        hint: meter(`feeds.${source}`),
      }))}
    />
  )
}
