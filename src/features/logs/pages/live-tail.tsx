import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { useLive } from '../../../ui/live.ts'
import { useReadSoon } from '../../../ui/read-soon.ts'
import { useShell } from '../../../ui/shell.ts'

/**
 * Reads the list again as requests arrive, while it is on and the page is looked at. Without
 * JavaScript it is a link that loads the page again.
 */
export function LiveTail({ isPossible }: { isPossible: boolean }) {
  const { t } = useTranslation('usage')
  const { organizationId } = useShell()
  const [search] = useSearchParams()
  const [isReady, setReady] = useState(false)
  const [isOn, setOn] = useState(false)
  const readSoon = useReadSoon()
  const state = useLive(isOn && isPossible ? `logs:${organizationId}` : null, readSoon)
  useEffect(() => setReady(true), [])
  if (!isPossible) return null
  if (!isReady) {
    return (
      <a href={`?${search}`} className="link text-[13px]">
        {t('reload')}
      </a>
    )
  }
  return (
    <span className="flex items-center gap-3">
      <span role="status" className="text-[13px] text-n11">
        {state !== 'off' && t(`liveStates.${state}`)}
      </span>
      <Button type="button" look="secondary" aria-pressed={isOn} onClick={() => setOn(!isOn)}>
        {isOn ? t('liveStop') : t('live')}
      </Button>
    </span>
  )
}
