import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TimeZoneOption } from '../core/time-zones.ts'
import { Select, TextField } from './form.tsx'

type Props = { name: string; defaultValue: string; zones: TimeZoneOption[] }

/** A choice of time zone: a list by continent, and, as soon as scripts run, a field to search in. */
export function TimeZoneField({ name, defaultValue, zones }: Props) {
  const { t } = useTranslation()
  const ownZone = useOwnZone()
  if (ownZone === null) {
    return (
      <Select
        name={name}
        label={t('timeZone')}
        hint={t('timeZoneHint')}
        defaultValue={defaultValue}
        options={zones.map((zone) => ({
          value: zone.name,
          ...labelOf(zone),
        }))}
      />
    )
  }
  return (
    <div className="grid gap-1">
      <TextField
        name={name}
        label={t('timeZone')}
        hint={
          ownZone === defaultValue
            ? t('timeZoneSearchHint')
            : t('timeZoneDeviceHint', { zone: ownZone })
        }
        defaultValue={defaultValue}
        list={`${name}-zones`}
        autoComplete="off"
        spellCheck={false}
      />
      <datalist id={`${name}-zones`}>
        {zones.map((zone) => (
          <option key={zone.name} value={zone.name} label={zone.offset} />
        ))}
      </datalist>
    </div>
  )
}

/** The reader's own time zone as a hidden field; empty where no scripts run. */
export function OwnTimeZone({ name }: { name: string }) {
  return <input type="hidden" name={name} value={useOwnZone() ?? ''} />
}

/** The time zone of this device, as soon as scripts run. */
function useOwnZone(): string | null {
  const [zone, setZone] = useState<string | null>(null)
  useEffect(() => setZone(new Intl.DateTimeFormat().resolvedOptions().timeZone), [])
  return zone
}

/** `America/Argentina/Ushuaia` is Ushuaia in Argentina, of the group America. */
function labelOf({ name, offset }: TimeZoneOption): { label: string; group?: string } {
  const [group, ...places] = name.split('/')
  if (places.length === 0) return { label: name }
  const place = places.toReversed().join(', ').replaceAll('_', ' ')
  return { label: `${place} (${offset})`, group }
}
