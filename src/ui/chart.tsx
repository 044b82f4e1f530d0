import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from './format.ts'
import { type Bar, type Part, Plot } from './plot.tsx'

/** Drawn for the width that it is shown at, so that its words are as large as all others. */
const wide = { width: 980, height: 260, labels: 8 }
const narrow = { width: 330, height: 200, labels: 4 }

/** Bars from zero, stacked, drawn on the server, with all figures in a table one click away. */
export function BarChart({ title, bars, parts }: { title: string; bars: Bar[]; parts: Part[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const id = useId()
  const stripes = `${id}-stripes`
  const sums = bars.map((bar) => bar.parts.reduce((sum, part) => sum + part, 0))
  const total = sums.reduce((a, b) => a + b, 0)
  const shared = {
    stripes,
    title,
    description: t('chartTotal', { total: format.number(total) }),
    bars,
    parts,
    max: Math.max(0, ...sums),
  }
  return (
    <figure className="relative">
      <svg aria-hidden="true" className="absolute size-0">
        <pattern
          id={stripes}
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line y2="5" strokeWidth="4" className="stroke-card" strokeOpacity="0.45" />
        </pattern>
      </svg>
      <Plot {...shared} id={`${id}-wide`} size={wide} className="max-sm:hidden" />
      <Plot {...shared} id={`${id}-narrow`} size={narrow} className="sm:hidden" />
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-[13px] text-n11">
        {parts.map((part) => (
          <span key={part.name} className="inline-flex items-center gap-1.5">
            <svg aria-hidden="true" className="size-2.5" viewBox="0 0 10 10">
              <rect width="10" height="10" rx="2" className={part.className} />
              {part.isStriped && <rect width="10" height="10" rx="2" fill={`url(#${stripes})`} />}
            </svg>
            {part.name}
          </span>
        ))}
      </figcaption>
      <details className="mt-2 text-[13px]">
        <summary className="w-fit text-n11 underline-offset-2 hover:underline">
          {t('showFigures')}
        </summary>
        <table className="mt-2 w-full max-w-lg tabular-nums">
          <thead>
            <tr className="text-left text-n11">
              <th scope="col" className="py-1 pr-4 font-medium">
                {t('time')}
              </th>
              {parts.map((part) => (
                <th key={part.name} scope="col" className="py-1 pr-4 text-right font-medium">
                  {part.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.label} className="border-n4 border-t">
                <th scope="row" className="py-1 pr-4 text-left font-normal">
                  {bar.label}
                </th>
                {parts.map((part, p) => (
                  <td key={part.name} className="py-1 pr-4 text-right">
                    {format.number(bar.parts[p] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

/** The course of a figure in a line, from zero. Decoration: the figure itself stands above it. */
export function Sparkline({ values, label }: { values: number[]; label: string }) {
  const max = Math.max(1, ...values)
  const points = values
    .map((value, i) => `${(i / (values.length - 1)) * 120},${27 - (value / max) * 24}`)
    .join(' ')
  return (
    <svg
      aria-hidden="true"
      data-label={label}
      viewBox="0 0 120 30"
      preserveAspectRatio="none"
      className="mt-1 h-8 w-full"
    >
      <polyline
        points={points}
        fill="none"
        vectorEffect="non-scaling-stroke"
        strokeWidth="1.5"
        className="stroke-brand-text"
      />
    </svg>
  )
}
