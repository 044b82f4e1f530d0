import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { Button, type ButtonProps } from './button.tsx'

type DialogProps = {
  /** By which its button names it. */
  id: string
  title: string
  /** Stands in the page, as after a refusal: without JavaScript nothing else could open it again. */
  isInPage?: boolean
  children: ReactNode
}

/** A question over the page. Its button opens it and Escape closes it, without JavaScript too. */
export function Dialog({ id, title, isInPage = false, children }: DialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const ref = useRef<HTMLDivElement>(null)
  const { key } = useLocation()
  // A step to another page or back to this one answers the question.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what it waits for
  useEffect(() => {
    if (ref.current?.popover) ref.current.hidePopover()
  }, [key])
  const look = isInPage
    ? 'max-w-lg rounded-xl border border-n7 bg-card p-6'
    : 'm-auto max-h-[calc(100dvh-2rem)] w-[min(32rem,calc(100vw-2rem))] overflow-y-auto rounded-xl border border-n6 bg-card p-6 text-n12 shadow-2xl backdrop:bg-black/50'
  return (
    <div
      ref={ref}
      id={id}
      popover={isInPage ? undefined : 'auto'}
      role="dialog"
      aria-labelledby={titleId}
      className={look}
    >
      <div className="mb-3 flex items-start justify-between gap-4">
        <h2 id={titleId} className="font-semibold text-[17px] leading-6">
          {title}
        </h2>
        {!isInPage && (
          <button
            type="button"
            popoverTarget={id}
            popoverTargetAction="hide"
            aria-label={t('close')}
            className="button -mt-1 -mr-2 inline-flex size-8 items-center justify-center rounded-lg text-n11 hover:bg-n3"
          >
            <X aria-hidden className="size-4" />
          </button>
        )}
      </div>
      {children}
    </div>
  )
}

/** The button that opens a dialog. */
export function DialogButton({ dialog, ...rest }: ButtonProps & { dialog: string }) {
  return <Button type="button" popoverTarget={dialog} aria-haspopup="dialog" {...rest} />
}
