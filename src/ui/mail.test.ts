import { expect, test } from 'vitest'
import { type MailToRender, renderMail } from './mail.tsx'

const mail: MailToRender = {
  name: 'signIn',
  locale: 'fr',
  timeZone: 'Europe/Paris',
  companyName: 'Météo',
  primaryColor: '#FDE047',
  logoUrl: null,
  reader: '<img src=x> Ada',
  link: 'https://api.example.com/portal/settings/security',
  details: { device: 'Firefox', ip: null, time: new Date('2026-07-01T22:30:00Z') },
}

test('a mail speaks its reader’s language and time zone, as text and as HTML', async () => {
  const { subject, text, html } = await renderMail(mail)
  expect(subject).toBe('Nouvelle connexion à votre compte')
  expect(text).toContain('Appareil\u00a0: Firefox')
  expect(text).toContain('Date\u00a0: 2 juillet 2026 à 00:30 UTC+2')
  expect(text).not.toContain('Adresse IP')
  expect(text).toContain(
    'Voir vos sessions\u00a0:\nhttps://api.example.com/portal/settings/security',
  )
  expect(html).toContain('lang="fr"')
  expect(html).toContain('2 juillet 2026')
})

test('a mail says that a machine wrote it, asks for nothing from elsewhere, and runs nothing', async () => {
  const { html, headers } = await renderMail(mail)
  expect(headers['Auto-Submitted']).toBe('auto-generated')
  expect(Object.keys(headers)).not.toContain('List-Unsubscribe')
  expect(html).not.toMatch(/<img|<script|@import|url\(/)
  expect(html).toContain('&lt;img src=x&gt; Ada')
  const links = [...html.matchAll(/href="([^"]+)"/g)].map((match) => match[1])
  expect(new Set(links)).toEqual(new Set([mail.link]))
  const branded = await renderMail({ ...mail, logoUrl: 'https://example.com/logo.png' })
  expect(branded.html.match(/<img /g)).toHaveLength(1)
})

test('every mail is whole in both languages, whatever the brand’s colour', async () => {
  const names = ['welcome', 'verify', 'reset', 'emailChangeOld', 'deleted'] as const
  for (const name of names)
    for (const locale of ['en', 'fr'] as const) {
      const { subject, text } = await renderMail({ ...mail, name, locale, reader: '' })
      expect([name, subject, text].join()).not.toMatch(/\{\{|undefined|null/)
      expect(text.startsWith(locale === 'en' ? 'Hello,' : 'Bonjour,')).toBe(true)
    }
})
