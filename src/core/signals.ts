import type { Db } from './db/db.ts'
import type { Bus, Published } from './db/signal-bus.ts'

/**
 * Facts that caches live by, told to every listener of every server on the database before the
 * teller goes on. A signal is for safety and must be obeyed at once; an event (events.ts) is for
 * reactions that may come a moment later.
 */
export type Signal =
  | { topic: 'settings' }
  | { topic: 'routing' }
  | { topic: 'keys'; keyIds: string[]; digests: string[] }
  | { topic: 'organizations'; ids: string[] }
  | { topic: 'plans'; ids: string[] }
  /** Whatever is remembered may be old. */
  | { topic: 'everything' }

export type SignalListener = (signal: Signal) => Promise<void> | void

export type Signals = {
  /** Resolves when every listener has obeyed. In a transaction, signals wait for it to commit. */
  send: (signal: Signal) => Promise<void>
  /** Returns a function that ends the listening. */
  listen: (listener: SignalListener) => () => void
  /** Signals of a transaction of this database handle. */
  hold: (db: Db) => HeldSignals
}

export type HeldSignals = Signals & {
  /** After the commit: resolves when all have obeyed what was held. */
  release: () => Promise<void>
  /** After a rollback. */
  discard: () => void
}

/** Signals of this process and, with a bus, of all servers on its database. */
export function createSignals(bus?: Bus): Signals {
  const listeners = new Set<SignalListener>()
  const obey: SignalListener = async (signal) => {
    await Promise.all([...listeners].map((listener) => listener(signal)))
  }
  const listen: Signals['listen'] = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  bus?.listen(obey)
  return { send: async (signal) => obey(signal), listen, hold: (db) => hold(db) }

  function hold(db: Db, outer?: Held[]): HeldSignals {
    const held: Held[] = []
    return {
      listen,
      send: async (signal) => {
        held.push({ signal, published: await bus?.publish(db, signal) })
      },
      hold: (inner) => hold(inner, held),
      release: async () => {
        if (outer) {
          outer.push(...held)
          return
        }
        for (const { signal, published } of held) {
          await Promise.all([obey(signal), published?.heard()])
        }
      },
      discard: () => {
        for (const { published } of held) published?.discard()
      },
    }
  }
}

type Held = { signal: Signal; published?: Published }
