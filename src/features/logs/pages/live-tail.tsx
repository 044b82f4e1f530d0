import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRevalidator } from 'react-router'
import { Button } from '../../../ui/button.tsx'

const everyMs = 2000

/** Reads the list again every two seconds while it is on and the page is looked at. Nothing to see of it without JavaScript. */
export function LiveTail({ isPossible }: { isPossible: boolean }) {
  const { t } = useTranslation('usage')
  const { revalidate, state } = useRevalidator()
  const [isReady, setReady] = useState(false)
  const [isOn, setOn] = useState(false)
  useEffect(() => setReady(true), [])
  useEffect(() => {
    if (!isOn || !isPossible || state !== 'idle') return
    const timer = setTimeout(() => {
      if (document.visibilityState === 'visible') void revalidate()
    }, everyMs)
    return () => clearTimeout(timer)
  }, [isOn, isPossible, state, revalidate])
  if (!isReady || !isPossible) return null
  return (
    <Button type="button" look="secondary" aria-pressed={isOn} onClick={() => setOn(!isOn)}>
      {isOn ? t('liveOn') : t('live')}
    </Button>
  )
}
