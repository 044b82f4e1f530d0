import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { getSettings } from '../settings/settings.ts'
import type { Reading } from './cloud-event.ts'
import { builtInMeters } from './meter-input.ts'
import { listMeterRows } from './meters.ts'
import type { MeterRow } from './schema.ts'
import { findSubjects } from './subjects.ts'

const dayMs = 86_400_000
/** How far a program's clock may be ahead of ours. */
const maxAheadMs = 5 * 60_000

/** An event that counts: its meter and organization are known, its time is within bounds. */
export type Counted = Omit<Reading, 'type' | 'subject' | 'at'> & {
  meter: MeterRow
  organizationId: string
  at: string
}

/** A function that finds an event's meter, organization and time, or refuses it. */
export async function createPlacing(
  app: App,
  readings: Reading[],
): Promise<(reading: Reading) => Counted> {
  const rows = await listMeterRows(app)
  const meters = new Map(rows.map((meter) => [meter.key, meter]))
  const subjects = await findSubjects(
    app,
    readings.map(({ subject }) => subject),
  )
  const now = app.now().getTime()
  const lateDays = (await getSettings(app)).events_late_days
  return ({ type, subject, at, ...rest }) => {
    const meter = findMeter(meters, type)
    const organizationId = subjects.get(subject)
    if (!organizationId) {
      throw new AppError(
        'not_found',
        'unknown_subject',
        'No organization has the id {{subject}}, nor an owner of this id or e-mail.',
        { params: { subject } },
      )
    }
    const time = at ?? `${new Date(now).toISOString().slice(0, -1)}000Z`
    assertTime(Date.parse(time), now, lateDays)
    return { ...rest, meter, organizationId, at: time }
  }
}

function findMeter(meters: Map<string, MeterRow>, type: string): MeterRow {
  const meter = meters.get(type)
  const params = { meter: type }
  if (meter && meter.source !== 'events') {
    throw new AppError(
      'conflict',
      'gateway_fed_meter',
      'Requests feed the meter {{meter}}, and it takes no events.',
      { params },
    )
  }
  if (meter && !meter.archivedAt) return meter
  if (meter)
    throw new AppError('conflict', 'meter_archived', 'The meter {{meter}} is archived.', { params })
  if (builtInMeters.some(({ key }) => key === type)) {
    throw new AppError('conflict', 'built_in_meter', 'The gateway feeds {{meter}} itself.', {
      params,
    })
  }
  throw new AppError('not_found', 'unknown_meter', 'There is no meter {{meter}}.', { params })
}

/** @throws AppError `event_too_late`, `time_in_future`. */
export function assertTime(time: number, now: number, lateDays: number): void {
  if (time > now + maxAheadMs) {
    throw new AppError('invalid', 'time_in_future', 'Its time is over five minutes ahead of ours.')
  }
  if (time >= now - lateDays * dayMs) return
  throw new AppError('invalid', 'event_too_late', 'It happened over {{days}} days ago.', {
    params: { days: lateDays },
  })
}
