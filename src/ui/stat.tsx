import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Sparkline } from './chart.tsx'

type StatProps = {
  label: string
  value: ReactNode
  detail?: ReactNode
  to?: string
  trend?: number[]
  children?: ReactNode
}

/** One figure, said exactly, with where it comes from. */
export function Stat({ label, value, detail, to, trend, children }: StatProps) {
  return (
    <div className="relative flex flex-col gap-1 rounded-xl border border-n6 bg-card p-5">
      <p className="text-[13px] text-n11">
        {to ? (
          <Link to={to} className="after:absolute after:inset-0 hover:text-n12">
            {label}
          </Link>
        ) : (
          label
        )}
      </p>
      <p className="font-semibold text-[22px] tabular-nums leading-7 tracking-tight">{value}</p>
      {detail && <p className="text-[13px] text-n11">{detail}</p>}
      <div className="mt-auto">
        {children}
        {trend && trend.length > 1 && <Sparkline values={trend} label={label} />}
      </div>
    </div>
  )
}

/** How full a limit is. Amber from 70 %, red from 90 %; the words beside it say the same. */
export function Meter({ value, max, label }: { value: number; max: number; label: string }) {
  const share = max > 0 ? Math.min(1, value / max) : 1
  const tone = share >= 0.9 ? 'text-bad' : share >= 0.7 ? 'text-warn' : 'text-ok'
  return (
    <svg
      role="img"
      aria-label={label}
      className={`mt-1 block h-1.5 w-full overflow-hidden rounded-full ${tone}`}
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
    >
      <rect width="100" height="6" className="fill-n4" />
      <rect width={Math.max(share > 0 ? 1 : 0, share * 100)} height="6" fill="currentColor" />
    </svg>
  )
}
