import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from './format.ts'

export type Bar = { label: string; parts: number[] }
export type Part = {
  name: string
  className: string /** Stripes, so that colour is not the only mark. */
  isStriped?: boolean
}

const width = 720
const height = 220
const left = 44
const bottom = 24
const top = 8

/** A round number at or above the highest bar. */
export function niceCeiling(value: number): number {
  if (value <= 4) return 4
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 2.5, 4, 5, 8, 10].map((step) => step * power).find((step) => step >= value)!
}

/** Bars from zero, stacked, drawn on the server, with all figures in a table one click away. */
export function BarChart({ title, bars, parts }: { title: string; bars: Bar[]; parts: Part[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const id = useId()
  const sums = bars.map((bar) => bar.parts.reduce((sum, part) => sum + part, 0))
  const ceiling = niceCeiling(Math.max(0, ...sums))
  const plot = { width: width - left, height: height - bottom - top }
  const slot = plot.width / Math.max(1, bars.length)
  const y = (value: number) => top + plot.height * (1 - value / ceiling)
  const every = Math.ceil(bars.length / 8)
  return (
    <figure>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on small screens the chart scrolls, and must by keyboard too */}
      <section aria-label={title} tabIndex={0} className="overflow-x-auto">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-labelledby={`${id}-title ${id}-desc`}
          className="h-auto w-full min-w-[560px]"
        >
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-desc`}>
            {t('chartTotal', { total: format.number(sums.reduce((a, b) => a + b, 0)) })}
          </desc>
          <defs>
            <pattern
              id={`${id}-stripes`}
              width="5"
              height="5"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <line y2="5" strokeWidth="4" className="stroke-card" strokeOpacity="0.45" />
            </pattern>
          </defs>
          {[0, 0.25, 0.5, 0.75, 1].map((share) => (
            <g key={share}>
              <line
                x1={left}
                x2={width}
                y1={y(share * ceiling)}
                y2={y(share * ceiling)}
                className="stroke-n4"
              />
              <text
                x={left - 8}
                y={y(share * ceiling) + 4}
                textAnchor="end"
                className="fill-n10 text-[11px] tabular-nums"
              >
                {format.compact(share * ceiling)}
              </text>
            </g>
          ))}
          {bars.map((bar, i) => {
            const x = left + i * slot + slot * 0.15
            let base = 0
            return (
              <g key={bar.label}>
                <title>{`${bar.label}: ${parts.map((part, p) => `${part.name} ${format.number(bar.parts[p] ?? 0)}`).join(', ')}`}</title>
                <rect
                  x={left + i * slot}
                  y={top}
                  width={slot}
                  height={plot.height}
                  fill="transparent"
                />
                {parts.map((part, p) => {
                  const value = bar.parts[p] ?? 0
                  const rect = {
                    x,
                    y: y(base + value),
                    width: slot * 0.7,
                    height: Math.max(value > 0 ? 1 : 0, (plot.height * value) / ceiling),
                  }
                  base += value
                  return (
                    <g key={part.name}>
                      <rect {...rect} className={part.className} />
                      {part.isStriped && <rect {...rect} fill={`url(#${id}-stripes)`} />}
                    </g>
                  )
                })}
                {i % every === 0 && (
                  <text
                    x={x + slot * 0.35}
                    y={height - 6}
                    textAnchor="middle"
                    className="fill-n10 text-[11px]"
                  >
                    {bar.label}
                  </text>
                )}
              </g>
            )
          })}
        </svg>
      </section>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-[13px] text-n11">
        {parts.map((part) => (
          <span key={part.name} className="inline-flex items-center gap-1.5">
            <svg aria-hidden="true" className="size-2.5" viewBox="0 0 10 10">
              <rect width="10" height="10" rx="2" className={part.className} />
              {part.isStriped && (
                <rect width="10" height="10" rx="2" fill={`url(#${id}-stripes)`} />
              )}
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
