import { useEffect, useEffectEvent, useRef } from 'react'
import { useRevalidator } from 'react-router'

/** What comes in a burst is read at once, not one by one. */
const restMs = 1000

/**
 * Reads the page's data again: at once, or when the last reading is a moment old, or when somebody
 * looks at the page again.
 */
export function useReadSoon(): () => void {
  const { revalidate } = useRevalidator()
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const isDue = useRef(false)
  const readIfDue = () => {
    const isSeen = document.visibilityState === 'visible'
    if (!isDue.current || resting.current !== undefined || !isSeen) return
    isDue.current = false
    void revalidate()
    resting.current = setTimeout(() => {
      resting.current = undefined
      readIfDue()
    }, restMs)
  }
  const onSeen = useEffectEvent(readIfDue)
  useEffect(() => {
    const listener = () => onSeen()
    document.addEventListener('visibilitychange', listener)
    return () => {
      document.removeEventListener('visibilitychange', listener)
      clearTimeout(resting.current)
    }
  }, [])
  return () => {
    isDue.current = true
    readIfDue()
  }
}
