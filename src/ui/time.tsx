import { useFormat } from './format.ts'

/** A moment as people say it, and exactly in its title. `now` comes from the server, so that both sides write the same. */
export function RelativeTime({
  value,
  now,
  fallback = '–',
}: {
  value: string | null
  now: number
  fallback?: string
}) {
  const format = useFormat()
  if (!value) return <>{fallback}</>
  return (
    <time dateTime={value} title={format.dateTime(value)}>
      {format.relative(value, now)}
    </time>
  )
}
