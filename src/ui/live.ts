import { useEffect, useEffectEvent, useState } from 'react'

/** `off` without a stream, `trying` until the server takes it, and again while the connection is lost. */
export type LiveState = 'off' | 'trying' | 'on' | 'refused'

type Message =
  | { type: 'event'; stream: string; seq: number; event: string; data: unknown }
  | { type: 'subscribed'; stream: string; seq: number }
  | { type: 'error'; stream?: string; code: string }

const firstWaitMs = 500
const longestWaitMs = 30_000

/**
 * Follows a stream while there is one. `onNews` is called for each event, once when the stream is
 * taken, and when events were missed: time to read the page's data again. A lost connection comes
 * back, and goes on where it was.
 */
export function useLive(stream: string | null, onNews: (why: Message['type']) => void): LiveState {
  const [state, setState] = useState<LiveState>('off')
  const tell = useEffectEvent(onNews)
  useEffect(() => {
    if (stream === null) return
    let seq: number | undefined
    let waitMs = firstWaitMs
    let timer: ReturnType<typeof setTimeout> | undefined
    let socket = connect(stream)
    setState('trying')

    function connect(wanted: string): WebSocket {
      const made = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/portal/live`)
      made.onopen = () =>
        made.send(JSON.stringify({ type: 'subscribe', stream: wanted, after: seq }))
      made.onmessage = ({ data }) => hear(JSON.parse(String(data)) as Message)
      made.onclose = () => {
        setState((now) => (now === 'on' ? 'trying' : now))
        timer = setTimeout(
          () => {
            socket = connect(wanted)
          },
          waitMs * (0.5 + Math.random()),
        )
        waitMs = Math.min(longestWaitMs, waitMs * 2)
      }
      return made
    }

    function hear(message: Message): void {
      if (message.type === 'error' && message.code !== 'events_missed') {
        // What ends the connection alone passes: it is closed behind this, and comes back.
        if (!message.stream && message.code !== 'session_ended') return
        setState('refused')
        leave()
        return
      }
      if (message.type === 'subscribed') {
        setState('on')
        waitMs = firstWaitMs
      }
      if (message.type !== 'error') seq = message.seq
      tell(message.type)
    }

    function leave(): void {
      clearTimeout(timer)
      socket.onclose = null
      socket.close()
    }

    return () => {
      leave()
      setState('off')
    }
  }, [stream])
  return state
}
