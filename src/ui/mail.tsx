import { render, toPlainText } from '@react-email/render'
import i18next from 'i18next'
import type { Locale } from '../core/http/page-context.ts'
import { brandColors } from './brand.ts'
import en from './locales/en/mails.json'
import fr from './locales/fr/mails.json'

const texts = i18next.createInstance()
void texts.init({
  fallbackLng: 'en',
  initAsync: false,
  resources: { en: { translation: en }, fr: { translation: fr } },
  interpolation: { escapeValue: false },
})

/** The mails that there are: those of the texts that have a subject. */
export type MailName = {
  [Name in keyof typeof en]: (typeof en)[Name] extends { subject: string } ? Name : never
}[keyof typeof en]

export type MailToRender = {
  name: MailName
  locale: Locale
  companyName: string
  primaryColor: string
  /** The reader's name, or empty. */
  reader: string
  /** Where the button leads. */
  link?: string
  params?: Record<string, string>
}

/** A mail in its reader's language, as HTML and as plain text. */
export async function renderMail(mail: MailToRender) {
  const t = texts.getFixedT(mail.locale)
  const params = { company: mail.companyName, ...mail.params }
  const say = (key: string) => t(`${mail.name}.${key}` as 'welcome.text', params)
  const subject = say('subject')
  const html = await render(<MailPage mail={mail} subject={subject} say={say} />)
  return { subject, html, text: toPlainText(html) }
}

const ink = '#1f2328'
const quiet = '#57606a'

function MailPage({
  mail,
  subject,
  say,
}: {
  mail: MailToRender
  subject: string
  say: (key: string) => string
}) {
  const t = texts.getFixedT(mail.locale)
  const { brand, onBrand } = brandColors(mail.primaryColor, 'light')
  const has = (key: string) => texts.exists(`${mail.name}.${key}`, { lng: mail.locale })
  const paragraph = { margin: '0 0 16px', lineHeight: '24px' }
  return (
    <html lang={mail.locale}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>{subject}</title>
      </head>
      <body style={{ margin: 0, padding: '24px', fontFamily: 'sans-serif', color: ink }}>
        <div style={{ maxWidth: '560px', margin: '0 auto' }}>
          <p style={{ ...paragraph, fontWeight: 600 }}>{mail.companyName}</p>
          <h1 style={{ fontSize: '20px', lineHeight: '28px', margin: '0 0 16px' }}>{subject}</h1>
          <p style={paragraph}>
            {mail.reader ? t('greeting', { name: mail.reader }) : t('greetingPlain')}
          </p>
          <p style={paragraph}>{say('text')}</p>
          {mail.link && has('button') && (
            <>
              <p style={{ margin: '24px 0' }}>
                <a
                  href={mail.link}
                  style={{
                    ...{ background: brand, color: onBrand, fontWeight: 600 },
                    ...{ padding: '12px 20px', borderRadius: '8px', textDecoration: 'none' },
                  }}
                >
                  {say('button')}
                </a>
              </p>
              <p style={{ ...paragraph, color: quiet, fontSize: '14px', wordBreak: 'break-all' }}>
                {t('linkHint')}
                <br />
                {mail.link}
              </p>
            </>
          )}
          {has('note') && <p style={paragraph}>{say('note')}</p>}
          <p style={{ color: quiet, fontSize: '13px', marginTop: '32px' }}>
            {has('footer') ? say('footer') : t('footer', { company: mail.companyName })}
          </p>
        </div>
      </body>
    </html>
  )
}
