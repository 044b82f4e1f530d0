import type { App } from '../src/core/app.ts'
import { createMeter } from '../src/features/meters/meters.ts'
import { recordEvents } from '../src/features/meters/record-events.ts'
import { system } from './make.ts'

type Given = { subject: string; type: string; value: unknown } & Record<string, unknown>
let made = 0

/** An event as a program would send it, with an id of its own. */
export function anEvent({ value, ...rest }: Given): Record<string, unknown> {
  made += 1
  return { specversion: '1.0', id: `e${made}`, source: 'tests', data: { value }, ...rest }
}

/** Counts events as the API does; numbers as they are written in `json`, where that is given. */
export const report = (app: App, events: unknown) =>
  recordEvents(app, system, typeof events === 'string' ? events : JSON.stringify(events))

export async function makeMeters(app: App): Promise<void> {
  const meter = (key: string, kind: 'counter' | 'gauge', unit: string) =>
    createMeter(app, system, { key, name: key, kind, unit })
  await meter('bgp_peerings', 'gauge', 'peerings')
  await meter('ml_predictions', 'counter', 'predictions')
  await meter('storage', 'gauge', 'GB')
}
