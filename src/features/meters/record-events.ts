import { type Actor, requireServiceScope } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { ensurePartitions } from '../../core/db/day-partitions.ts'
import { AppError } from '../../core/errors.ts'
import { readEvent } from './cloud-event.ts'
import { correctEvent } from './correct-event.ts'
import { parseWithValues } from './exact-number.ts'
import { type Counted, createPlacing } from './place-events.ts'
import { storeEvents } from './store-events.ts'

const maxEvents = 1000

export type Recorded = {
  accepted: number
  duplicates: number
  rejected: { index: number; code: string; detail: string }[]
}

/**
 * Counts the events of a JSON text, one or a list of up to 1,000, each once by its source and id,
 * however often and by how many at once it is sent. An event that cannot be counted is told by its
 * index, and hinders no other; it can be sent again under the same id once its reason is gone.
 * @throws AppError `bad_request` for what is no JSON, `too_many_events`.
 */
export async function recordEvents(app: App, actor: Actor, json: string): Promise<Recorded> {
  requireServiceScope(actor, 'meter:write')
  const { parsed, written } = parse(json)
  const given = Array.isArray(parsed) ? parsed : [parsed]
  if (given.length > maxEvents) throw tooMany(given.length)
  const answer: Recorded = { accepted: 0, duplicates: 0, rejected: [] }

  /** What `work` makes of each; what it refuses is told by its index. */
  const collect = async <In extends { index: number }, Out>(
    entries: In[],
    work: (entry: In) => Out | Promise<Out>,
  ): Promise<Out[]> => {
    const made: Out[] = []
    for (const entry of entries) {
      try {
        made.push(await work(entry))
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        answer.rejected.push({ index: entry.index, code: error.code, detail: error.message })
      }
    }
    return made
  }
  const readings = await collect(
    given.map((event: unknown, index) => ({ event, index })),
    ({ event, index }) => readEvent(event, index, written),
  )
  const counted = await collect(readings, await createPlacing(app, readings))
  const plain = counted.filter(({ corrects }) => corrects === null)
  const stored = await storePlain(app, plain)
  const corrected = await collect(
    counted.filter(({ corrects }) => corrects !== null),
    (event) => correctEvent(app, event),
  )
  const corrections = corrected.filter((isNew) => isNew).length
  answer.accepted = stored + corrections
  answer.duplicates = plain.length - stored + corrected.length - corrections
  answer.rejected.sort((a, b) => a.index - b.index)
  return answer
}

function parse(json: string) {
  try {
    return parseWithValues(json)
  } catch {
    throw new AppError('bad_request', 'bad_request', 'The body is not valid JSON.')
  }
}

function tooMany(count: number): AppError {
  return new AppError(
    'too_large',
    'too_many_events',
    'A batch may have {{max}} events, and this one has {{count}}.',
    { params: { max: maxEvents, count } },
  )
}

async function storePlain(app: App, events: Counted[]): Promise<number> {
  if (events.length === 0) return 0
  await ensurePartitions(
    app,
    'meter_events',
    events.map(({ at }) => Date.parse(at)),
  )
  return storeEvents(app, events)
}
