import type { CSSProperties, ReactNode } from 'react'
import { brandColors } from './brand.ts'
import type { MailFrame, MailPieces } from './mail.tsx'

const light = {
  ground: '#f3f3f6',
  card: '#ffffff',
  line: '#e2e3e8',
  ink: '#1b1c20',
  quiet: '#565963',
}
const dark = {
  ground: '#111214',
  card: '#1b1c1f',
  line: '#34363b',
  ink: '#eeeff2',
  quiet: '#b5b8c0',
}

const font = "Inter, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

/** Mail programs know tables and styles in the elements; those that know more get dark colours and small screens. */
const styleOf = (color: string) => {
  const { brand, brandText, onBrand } = brandColors(color, 'dark')
  return `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .ground { padding: 16px 0 !important; }
  .card { border-radius: 0 !important; border-left: 0 !important; border-right: 0 !important; }
  .inside { padding: 24px 20px !important; }
  .button { display: block !important; text-align: center !important; }
}
@media (prefers-color-scheme: dark) {
  .ground { background: ${dark.ground} !important; }
  .card { background: ${dark.card} !important; border-color: ${dark.line} !important; }
  .ink { color: ${dark.ink} !important; }
  .quiet { color: ${dark.quiet} !important; }
  .line { border-color: ${dark.line} !important; }
  .link { color: ${brandText} !important; }
  .button { background: ${brand} !important; color: ${onBrand} !important; }
}`
}

/** The one form that every mail has: who writes, what happened, one button, and its address in full. */
export function MailPage({ frame, pieces }: { frame: MailFrame; pieces: MailPieces }) {
  const { brandText } = brandColors(frame.primaryColor, 'light')
  const { subject, greeting, text, details, button, note, footer, unsubscribe } = pieces
  return (
    <html lang={frame.locale}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
        <title>{subject}</title>
        <style>{styleOf(frame.primaryColor)}</style>
      </head>
      <body className="ground" style={{ margin: 0, padding: 0, background: light.ground }}>
        <Preheader>{text[0]}</Preheader>
        <Table className="ground" style={{ background: light.ground, padding: '32px 12px' }}>
          <Table
            className="card"
            width={560}
            style={{
              ...{ width: '100%', maxWidth: '560px', margin: '0 auto', background: light.card },
              ...{ border: `1px solid ${light.line}`, borderRadius: '12px' },
              borderCollapse: 'separate',
            }}
            cellClass="inside ink"
            cellStyle={{ padding: '32px', fontFamily: font, fontSize: '16px', color: light.ink }}
          >
            <Sender frame={frame} />
            <h1 style={{ margin: '24px 0 16px', fontSize: '22px', lineHeight: '30px' }}>
              {subject}
            </h1>
            <Paragraphs of={[greeting, ...text]} />
            {details.length > 0 && <Details rows={details} />}
            {button && (
              <>
                <Button frame={frame} {...button} />
                <p className="quiet" style={{ ...small, margin: '0 0 16px', color: light.quiet }}>
                  {button.hint}
                  <br />
                  <a
                    className="link"
                    href={button.link}
                    style={{ color: brandText, wordBreak: 'break-all' }}
                  >
                    {button.link}
                  </a>
                </p>
              </>
            )}
            <Paragraphs of={note} />
            <p
              className="quiet line"
              style={{
                ...{ ...small, margin: '28px 0 0', paddingTop: '16px', color: light.quiet },
                borderTop: `1px solid ${light.line}`,
              }}
            >
              {footer}
              {unsubscribe && (
                <>
                  <br />
                  <a className="link" href={unsubscribe.link} style={{ color: brandText }}>
                    {unsubscribe.label}
                  </a>
                </>
              )}
            </p>
          </Table>
        </Table>
      </body>
    </html>
  )
}

const small = { fontSize: '14px', lineHeight: '21px' }

/** What a list of mails shows behind the subject; the blanks keep what follows out of there. */
function Preheader({ children }: { children: ReactNode }) {
  return (
    <div style={{ display: 'none', maxHeight: 0, overflow: 'hidden', opacity: 0 }}>
      {children}
      {'\u00a0\u200c'.repeat(90)}
    </div>
  )
}

function Table({
  children,
  cellClass,
  cellStyle,
  ...rest
}: {
  children: ReactNode
  className: string
  width?: number
  style: CSSProperties
  cellClass?: string
  cellStyle?: CSSProperties
}) {
  return (
    <table role="presentation" width="100%" cellPadding={0} cellSpacing={0} border={0} {...rest}>
      <tbody>
        <tr>
          <td className={cellClass} style={cellStyle}>
            {children}
          </td>
        </tr>
      </tbody>
    </table>
  )
}

/** The operator's logo or, without one, the first letter on the brand's colour. */
function Sender({ frame }: { frame: MailFrame }) {
  const { brand, onBrand } = brandColors(frame.primaryColor, 'light')
  const name = (
    <strong style={{ fontSize: '16px', lineHeight: '28px', verticalAlign: 'middle' }}>
      {frame.companyName}
    </strong>
  )
  if (frame.logoUrl) {
    return (
      <>
        <img
          src={frame.logoUrl}
          alt=""
          height={28}
          style={{ height: '28px', verticalAlign: 'middle', marginRight: '10px', border: 0 }}
        />
        {name}
      </>
    )
  }
  return (
    <>
      <span
        aria-hidden
        style={{
          ...{ display: 'inline-block', width: '28px', height: '28px', borderRadius: '7px' },
          ...{ background: brand, color: onBrand, fontSize: '15px', fontWeight: 600 },
          ...{ lineHeight: '28px', textAlign: 'center', verticalAlign: 'middle' },
          marginRight: '10px',
        }}
      >
        {frame.companyName.slice(0, 1).toUpperCase()}
      </span>
      {name}
    </>
  )
}

function Paragraphs({ of: texts }: { of: string[] }) {
  return texts.map((text) => (
    <p key={text} style={{ margin: '0 0 16px', lineHeight: '25px' }}>
      {text}
    </p>
  ))
}

function Details({ rows }: { rows: MailPieces['details'] }) {
  const cell = { padding: '6px 0', lineHeight: '22px', verticalAlign: 'top' } as const
  return (
    <table role="presentation" cellPadding={0} cellSpacing={0} style={{ margin: '0 0 20px' }}>
      <tbody>
        {rows.map(({ label, value }) => (
          <tr key={label + value}>
            <td className="quiet" style={{ ...cell, color: light.quiet, paddingRight: '20px' }}>
              {label}
            </td>
            <td style={{ ...cell, fontWeight: 500, wordBreak: 'break-word' }}>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Button({ frame, link, label }: { frame: MailFrame; link: string; label: string }) {
  const { brand, onBrand } = brandColors(frame.primaryColor, 'light')
  return (
    <p style={{ margin: '24px 0' }}>
      <a
        className="button"
        href={link}
        style={{
          ...{ display: 'inline-block', background: brand, color: onBrand, fontWeight: 600 },
          ...{ padding: '13px 22px', borderRadius: '8px', textDecoration: 'none' },
        }}
      >
        {label}
      </a>
    </p>
  )
}
