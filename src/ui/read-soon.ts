import { useEffect, useRef } from 'react'
import { useRevalidator } from 'react-router'

/** What comes in a burst is read at once, not one by one. */
const restMs = 1000

/** Reads the page's data again, at once or when the last reading is a moment old. */
export function useReadSoon(): () => void {
  const { revalidate } = useRevalidator()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const isDue = useRef(false)
  useEffect(() => () => clearTimeout(timer.current), [])
  const read = () => {
    isDue.current = false
    if (document.visibilityState === 'visible') void revalidate()
    timer.current = setTimeout(() => {
      timer.current = undefined
      if (isDue.current) read()
    }, restMs)
  }
  return () => {
    isDue.current = true
    if (timer.current === undefined) read()
  }
}
