/** The day in which a moment lies, as a date field takes it. */
export function dayOf(time: string | null, zone: string): string | undefined {
  if (time === null) return undefined
  return Temporal.Instant.from(time).toZonedDateTimeISO(zone).toPlainDate().toString()
}
