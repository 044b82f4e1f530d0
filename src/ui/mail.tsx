import { render } from '@react-email/render'
import i18next from 'i18next'
import type { Locale } from '../core/http/page-context.ts'
import { createFormat } from './format.ts'
import en from './locales/en/mails.json'
import enNotices from './locales/en/notices.json'
import fr from './locales/fr/mails.json'
import frNotices from './locales/fr/notices.json'
import { withFrenchSpaces } from './locales/french-spaces.ts'
import { MailPage } from './mail-page.tsx'
import { type NoticeToSay, type NoticeWords, sayNotice } from './notice-words.ts'

const texts = i18next.createInstance()
void texts.init({
  fallbackLng: 'en',
  initAsync: false,
  resources: {
    en: { translation: en, notices: enNotices },
    fr: { translation: withFrenchSpaces(fr), notices: withFrenchSpaces(frNotices) },
  },
  interpolation: { escapeValue: false },
})

/** The mails that there are: those of the texts that have a subject. */
export type MailName = {
  [Name in keyof typeof en]: (typeof en)[Name] extends { subject: string } ? Name : never
}[keyof typeof en]

export type MailDetail = keyof (typeof en)['detail']

/** What every mail to a reader has. */
export type MailFrame = {
  locale: Locale
  timeZone: string
  companyName: string
  primaryColor: string
  logoUrl: string | null
  /** The reader's name, or empty. */
  reader: string
}

export type MailToRender = MailFrame & {
  name: MailName
  /** Where the button leads. */
  link?: string
  params?: Record<string, string>
  /** What exactly happened, line by line; moments are told in the reader's language and zone. */
  details?: Partial<Record<MailDetail, string | Date | null>>
}

/** What a mail says, piece by piece; `text` and `note` may have several paragraphs. */
export type MailPieces = {
  subject: string
  greeting: string
  text: string[]
  details: { label: string; value: string }[]
  button: { label: string; link: string; hint: string } | null
  note: string[]
  footer: string
  /** Stops mails like this one; absent from those that always come. */
  unsubscribe?: { label: string; link: string }
}

/** No mail of ours is answered by a machine, such as one that is on holiday (RFC 3834). */
const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }

/** A mail in its reader's language, as HTML and as plain text. */
export async function renderMail(mail: MailToRender) {
  return write(mail, piecesOf(mail))
}

async function write(frame: MailFrame, pieces: MailPieces) {
  const html = await render(<MailPage frame={frame} pieces={pieces} />)
  const { subject, unsubscribe } = pieces
  return {
    ...{ subject, html, text: textOf(pieces, frame.locale) },
    headers: { ...headers, ...(unsubscribe && unsubscribeHeaders(unsubscribe.link)) },
  }
}

/** Mail programs show a button of their own for it (RFC 2369, RFC 8058). */
const unsubscribeHeaders = (link: string) => ({
  'List-Unsubscribe': `<${link}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})

/** Where the links of a notice's mail lead. */
export type NoticePlaces = { portal: string; unsubscribe?: string }

/** A mail of one notice. */
export async function renderNoticeMail(
  frame: MailFrame,
  places: NoticePlaces,
  notice: NoticeToSay,
) {
  const t = texts.getFixedT(frame.locale)
  const { title, text, path } = sayNoticeIn(frame, notice)
  return write(frame, {
    ...noticePieces(frame, places),
    subject: title,
    text: [text],
    button: { label: t('noticeButton'), link: places.portal + path, hint: t('linkHint') },
  })
}

/** A mail of the notices of a day. */
export async function renderDigestMail(
  frame: MailFrame,
  places: NoticePlaces,
  notices: (NoticeToSay & { time: Date })[],
) {
  const t = texts.getFixedT(frame.locale)
  const format = createFormat(frame.locale, frame.timeZone)
  const company = frame.companyName
  return write(frame, {
    ...noticePieces(frame, places),
    subject: t('digest.title', { company, count: notices.length }),
    text: [t('digest.intro')],
    details: notices.map((notice) => ({
      label: format.moment(notice.time.toISOString()),
      value: sayNoticeIn(frame, notice).title,
    })),
    button: {
      label: t('digest.open'),
      link: `${places.portal}/notifications`,
      hint: t('linkHint'),
    },
  })
}

function noticePieces(
  { locale, reader, companyName }: MailFrame,
  { unsubscribe }: NoticePlaces,
): Omit<MailPieces, 'subject' | 'text'> {
  const t = texts.getFixedT(locale)
  return {
    greeting: reader ? t('greeting', { name: reader }) : t('greetingPlain'),
    details: [],
    button: null,
    note: [t('noticeNote')],
    footer: t('footer', { company: companyName }),
    unsubscribe: unsubscribe ? { label: t('unsubscribe'), link: unsubscribe } : undefined,
  }
}

/** A notice in words, for a reader outside the portal's pages. */
export function sayNoticeIn(
  { locale, timeZone }: Pick<MailFrame, 'locale' | 'timeZone'>,
  notice: NoticeToSay,
): NoticeWords {
  return sayNotice(texts.getFixedT(locale, 'notices'), createFormat(locale, timeZone), notice)
}

function piecesOf(mail: MailToRender): MailPieces {
  const t = texts.getFixedT(mail.locale)
  const params = { company: mail.companyName, ...mail.params }
  const say = (key: string) => {
    const path = `${mail.name}.${key}`
    return texts.exists(path, { lng: mail.locale, ...params })
      ? t(path as 'welcome.text', params)
      : ''
  }
  const paragraphs = (key: string) => say(key).split('\n\n').filter(Boolean)
  const details = Object.entries(mail.details ?? {}).flatMap(([name, value]) =>
    value ? [{ label: t(`detail.${name as MailDetail}`), value: writeDetail(value, mail) }] : [],
  )
  const label = say('button')
  return {
    subject: say('subject'),
    greeting: mail.reader ? t('greeting', { name: mail.reader }) : t('greetingPlain'),
    text: paragraphs('text'),
    details,
    button: mail.link && label ? { label, link: mail.link, hint: t('linkHint') } : null,
    note: paragraphs('note'),
    footer: say('footer') || t('footer', params),
  }
}

function writeDetail(value: string | Date, { locale, timeZone }: MailToRender): string {
  if (typeof value === 'string') return value
  return value.toLocaleString(locale, {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  })
}

function textOf(pieces: MailPieces, locale: Locale): string {
  const t = texts.getFixedT(locale)
  const { greeting, text, details, button, note, footer, unsubscribe } = pieces
  const writeLink = ({ label, link }: { label: string; link: string }) =>
    `${t('detailLine', { label, value: '' }).trimEnd()}\n${link}`
  const blocks = [
    greeting,
    ...text,
    details.map((detail) => t('detailLine', detail)).join('\n'),
    button ? writeLink(button) : '',
    ...note,
    [`-- \n${footer}`, unsubscribe ? writeLink(unsubscribe) : ''].filter(Boolean).join('\n'),
  ]
  return `${blocks.filter(Boolean).join('\n\n')}\n`
}
