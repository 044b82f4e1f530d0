/**
 * Facts that caches live by, told to every listener of this process before the teller goes on.
 * A signal is for safety and must be obeyed at once; an event (events.ts) is for reactions that
 * may come a moment later.
 */
export type Signal =
  | { topic: 'settings' }
  | { topic: 'routing' }
  | { topic: 'keys'; keyIds: string[]; digests: string[] }
  | { topic: 'organizations'; ids: string[] }
  | { topic: 'plans'; ids: string[] }

export type SignalListener = (signal: Signal) => Promise<void> | void

export type Signals = {
  /** Resolves when every listener has obeyed. */
  send: (signal: Signal) => Promise<void>
  /** Returns a function that ends the listening. */
  listen: (listener: SignalListener) => () => void
  /** Signals that wait for a transaction to commit. */
  hold: () => HeldSignals
}

export type HeldSignals = Signals & { release: () => Promise<void> }

export function createSignals(): Signals {
  const listeners = new Set<SignalListener>()
  const signals: Signals = {
    send: async (signal) => {
      await Promise.all([...listeners].map((listener) => listener(signal)))
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    hold: () => holdSignals(signals),
  }
  return signals
}

function holdSignals(outer: Signals): HeldSignals {
  const held: Signal[] = []
  return {
    send: async (signal) => {
      held.push(signal)
    },
    listen: outer.listen,
    hold: () => holdSignals(outer),
    release: async () => {
      for (const signal of held.splice(0)) await outer.send(signal)
    },
  }
}
