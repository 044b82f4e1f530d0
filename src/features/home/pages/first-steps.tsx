import { Check } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useRevalidator } from 'react-router'
import { LinkButton } from '../../../ui/button.tsx'
import { Code } from '../../../ui/copy.tsx'
import { Card } from '../../../ui/page.tsx'

type FirstStepsProps = { keyMasked: string | null; sample: string | null; publicUrl: string }

const lookEveryMs = 2000

/** What a new customer does first. While the page is open it looks for the first call; without JavaScript a link does. */
export function FirstSteps({ keyMasked, sample, publicUrl }: FirstStepsProps) {
  const { t } = useTranslation('home')
  const { revalidate } = useRevalidator()
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void revalidate()
    }, lookEveryMs)
    return () => clearInterval(timer)
  }, [revalidate])
  const curl = `curl -i ${publicUrl}${sample ?? '/'} -H 'X-API-Key: ${keyMasked ?? 'YOUR_KEY'}'`
  return (
    <Card title={t('firstSteps')}>
      <ol className="grid gap-6">
        <Step number={1} isDone={keyMasked !== null} title={t('stepKey')}>
          {keyMasked === null ? (
            <LinkButton look="primary" to="/keys/new">
              {t('stepKeyButton')}
            </LinkButton>
          ) : (
            <p className="font-mono text-[13px] text-n11">{keyMasked}</p>
          )}
        </Step>
        <Step number={2} isDone={false} title={t('stepCall')}>
          <p className="text-n11">
            {keyMasked === null ? t('stepCallFirstKey') : t('stepCallText')}
          </p>
          <Code copyable={keyMasked !== null}>{curl}</Code>
        </Step>
        <Step number={3} isDone={false} title={t('stepWatch')}>
          <p className="text-n11">{t('stepWatchText')}</p>
          <LinkButton to="." reloadDocument>
            {t('stepWatchButton')}
          </LinkButton>
        </Step>
      </ol>
    </Card>
  )
}

type StepProps = { number: number; isDone: boolean; title: string; children: ReactNode }

function Step({ number, isDone, title, children }: StepProps) {
  const { t } = useTranslation('home')
  return (
    <li className="grid grid-cols-[28px_minmax(0,1fr)] gap-3">
      <span
        className={`grid size-7 place-items-center rounded-full font-medium text-[13px] ${isDone ? 'bg-ok-soft text-ok' : 'border border-n7 text-n11'}`}
      >
        {isDone ? <Check aria-label={t('done')} className="size-4" /> : number}
      </span>
      <div className="grid justify-items-start gap-2 [&>*]:max-w-full">
        <h3 className="pt-1 font-medium">{title}</h3>
        {children}
      </div>
    </li>
  )
}
