import { encode } from 'uqr'

export type QrCode = { size: number; path: string }

/** A text as the outline of a QR code, one unit a module, with the quiet zone that scanners need. */
export function drawQrCode(text: string): QrCode {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  const squares = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  )
  return { size, path: squares.join('') }
}

/** Black on white whatever the scheme: scanners want it so. */
export function QrCodeImage({ size, path, label }: QrCode & { label: string }) {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-52 shrink-0 rounded-lg border border-n6 bg-white text-black"
    >
      <path fill="currentColor" d={path} />
    </svg>
  )
}
