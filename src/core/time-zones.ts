export type TimeZoneOption = { name: string; offset: string }

/** Every time zone by its name, with how far it is from UTC at `now`. */
export function listTimeZones(now: Date): TimeZoneOption[] {
  const instant = Temporal.Instant.fromEpochMilliseconds(now.getTime())
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')].map(
    (name) => ({ name, offset: `UTC${instant.toZonedDateTimeISO(name).offset}` }),
  )
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
