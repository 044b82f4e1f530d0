import { expect, test } from 'vitest'
import { sayNoticeIn } from './mail.tsx'

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

test('a level is not said to begin anew with the period, and amounts carry their unit', () => {
  const say = (data: Record<string, unknown>, locale: 'en' | 'fr' = 'en') => {
    const resets_at = '2026-12-01T00:00:00Z'
    const notice = { type: 'quota.exhausted', data: { threshold: 100, resets_at, ...data } }
    const { title, text } = sayNoticeIn({ locale, timeZone: 'UTC' }, notice)
    return [title, text].map(plain)
  }
  const storage = {
    meter: 'storage',
    name: 'Storage',
    kind: 'gauge',
    unit: 'GB',
    used: 30,
    limit: 25,
  }
  const [title, text] = say(storage)
  expect(title).toBe('Storage: limit reached')
  expect(text).toContain('You are at 30 of 25 GB.')
  expect(text).not.toContain('Dec')
  const bytes = { meter: 'data_transfer', name: 'Data transfer', kind: 'counter', unit: 'bytes' }
  expect(say({ ...bytes, used: 2_500_000, limit: 2_000_000 }, 'fr')).toEqual([
    'Transfert de données : limite atteinte',
    'Vous avez consommé 2,5 Mo sur 2 Mo pendant cette période de facturation. Le décompte repart de zéro le 1 déc., 00:00 UTC.',
  ])
  expect(say({ meter: 'api_requests', name: 'API requests', used: 10, limit: 10 })[0]).toBe(
    'All of your requests are used',
  )
})
