import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** Copies a text. There is nothing to see of it without JavaScript: the text can be selected. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation()
  const [isReady, setReady] = useState(false)
  const [isCopied, setCopied] = useState(false)
  useEffect(() => setReady(true), [])
  if (!isReady) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <button
      type="button"
      onClick={copy}
      className="button inline-flex min-h-9 shrink-0 items-center gap-1.5 rounded-lg border border-n7 bg-card px-2.5 font-medium text-[13px] hover:bg-n3"
    >
      {isCopied ? (
        <Check aria-hidden className="size-4 text-ok" />
      ) : (
        <Copy aria-hidden className="size-4" />
      )}
      <span aria-live="polite">{isCopied ? t('copied') : (label ?? t('copy'))}</span>
    </button>
  )
}

type CodeProps = {
  children: string
  copyable?: boolean
  /** Long lines go on below, as in what somebody else wrote; else they scroll. */
  isWrapped?: boolean
}

/** A line or a block of code, to be read and copied. Its length does not widen what it stands in. */
export function Code({ children, copyable = false, isWrapped = false }: CodeProps) {
  const look = `${codeLook} ${isWrapped ? 'whitespace-pre-wrap break-words' : ''}`
  return (
    <div className="flex items-start gap-2 rounded-lg border border-n6 bg-n2 p-2 pl-3">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className={look}>
        {children}
      </pre>
      {copyable && <CopyButton text={children} />}
    </div>
  )
}
const codeLook = 'min-w-0 flex-1 overflow-x-auto py-1.5 font-mono text-[13px] [contain:inline-size]'
