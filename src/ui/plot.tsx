import { useFormat } from './format.ts'
import { ticksTo } from './ticks.ts'

export type Bar = { label: string; parts: number[] }
export type Part = {
  name: string
  className: string
  /** Stripes, so that colour is not the only mark. */
  isStriped?: boolean
}

const margin = { left: 40, bottom: 24, top: 8 }

type PlotProps = {
  id: string
  /** Id of the pattern of striped parts. */
  stripes: string
  title: string
  description: string
  bars: Bar[]
  parts: Part[]
  /** The highest bar. */
  max: number
  size: { width: number; height: number; labels: number }
  className: string
}

/** The picture of a bar chart, at one size. */
export function Plot({
  id,
  stripes,
  title,
  description,
  bars,
  parts,
  max,
  size,
  className,
}: PlotProps) {
  const format = useFormat()
  const { width, height, labels } = size
  const ticks = ticksTo(max)
  const plotHeight = height - margin.bottom - margin.top
  const slot = (width - margin.left) / Math.max(1, bars.length)
  const y = (value: number) => margin.top + plotHeight * (1 - value / ticks.at(-1)!)
  const every = Math.ceil(bars.length / labels)
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
      className={`h-auto w-full ${className}`}
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-desc`}>{description}</desc>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={margin.left} x2={width} y1={y(tick)} y2={y(tick)} className="stroke-n4" />
          <text
            x={margin.left - 8}
            y={y(tick) + 4}
            textAnchor="end"
            className="fill-n10 text-[11px] tabular-nums"
          >
            {format.compact(tick)}
          </text>
        </g>
      ))}
      {bars.map((bar, i) => (
        <g key={bar.label} transform={`translate(${margin.left + i * slot} 0)`}>
          <title>{`${bar.label}: ${parts.map((part, p) => `${part.name} ${format.number(bar.parts[p] ?? 0)}`).join(', ')}`}</title>
          <rect y={margin.top} width={slot} height={plotHeight} fill="transparent" />
          {parts.map((part, p) => {
            const value = bar.parts[p] ?? 0
            const below = bar.parts.slice(0, p).reduce((sum, other) => sum + other, 0)
            const rect = {
              x: slot * 0.15,
              y: y(below + value),
              width: slot * 0.7,
              height: Math.max(value > 0 ? 1 : 0, y(below) - y(below + value)),
            }
            return (
              <g key={part.name}>
                <rect {...rect} className={part.className} />
                {part.isStriped && <rect {...rect} fill={`url(#${stripes})`} />}
              </g>
            )
          })}
          {i % every === 0 && (
            <text
              x={slot / 2}
              y={height - 6}
              textAnchor={i === 0 && slot < 20 ? 'start' : 'middle'}
              className="fill-n10 text-[11px]"
            >
              {bar.label}
            </text>
          )}
        </g>
      ))}
    </svg>
  )
}
