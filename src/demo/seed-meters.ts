import type { App } from '../core/app.ts'
import type { CreateMeter } from '../features/meters/meter-input.ts'
import { createMeter } from '../features/meters/meters.ts'
import { recordEvents } from '../features/meters/record-events.ts'
import { createRandom } from './seed-usage.ts'

const system = { type: 'system' } as const
const dayMs = 86_400_000
const days = 30
const batchSize = 1000

/** What the weather API counts beside all requests. */
const meters: CreateMeter[] = [
  { key: 'ml_predictions', name: 'Model forecasts', kind: 'counter', unit: 'forecasts' },
  { key: 'storage', name: 'Storage', kind: 'gauge', unit: 'GB' },
  { key: 'station_feeds', name: 'Station feeds', kind: 'gauge', unit: 'feeds' },
  {
    ...{ key: 'forecast_calls', name: 'Forecast calls', kind: 'counter', unit: 'calls' },
    source: 'requests',
  },
]

type Reporter = { email: string; perDay: number }

export async function createMeters(app: App): Promise<void> {
  for (const meter of meters) await createMeter(app, system, meter)
}

/** Thirty days of events for each customer, reported as a program would: forecasts by the hour, levels by the day. */
export async function seedMeters(app: App, customers: Reporter[]): Promise<void> {
  const random = createRandom(20_261_125)
  const now = app.now().getTime()
  const events = customers.flatMap((customer) => eventsOf(customer, now, random))
  for (let at = 0; at < events.length; at += batchSize)
    await recordEvents(app, system, JSON.stringify(events.slice(at, at + batchSize)))
}

function eventsOf({ email, perDay }: Reporter, now: number, random: () => number): object[] {
  const event = (type: string, time: number, value: number) => ({
    ...{ specversion: '1.0', id: `${type}-${email}-${time}`, source: 'weather-models' },
    ...{ type, subject: email, time: new Date(time).toISOString(), data: { value } },
  })
  let stored = perDay / 20
  let feeds = Math.ceil(perDay / 25)
  const events: object[] = []
  for (let day = days; day >= 0; day--) {
    const midnight = Math.floor((now - day * dayMs) / dayMs) * dayMs
    for (const hour of [1, 7, 10, 13, 16, 20]) {
      const time = midnight + hour * 3_600_000
      if (time > now || time < now - days * dayMs) continue
      const count = Math.round((perDay / 5) * (0.5 + random()))
      events.push(event('ml_predictions', time, count))
      if (hour !== 1) continue
      stored = Math.max(1, stored + (random() - 0.35) * (perDay / 150))
      feeds = Math.max(1, feeds + Math.round(random() * 2.4 - 1))
      events.push(event('storage', time, Math.round(stored * 10) / 10))
      events.push(event('station_feeds', time, feeds))
    }
  }
  return events
}
