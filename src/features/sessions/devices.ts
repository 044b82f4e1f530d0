import { createHash } from 'node:crypto'
import type { App } from '../../core/app.ts'
import type { User } from '../accounts/schema.ts'
import { tellUser } from '../accounts/tell-user.ts'
import { mailUser } from '../accounts/user-mails.tsx'

const maxKnown = 20

/**
 * Tells a user by mail that a program signed in that never did before; the first one ever is no
 * news. Returns the programs that are known from now on, as hashes.
 */
export async function noticeDevice(
  tx: App,
  user: User,
  { userAgent, ip }: { userAgent: string | null; ip: string | null },
): Promise<string[]> {
  const device = createHash('sha256')
    .update(userAgent ?? '')
    .digest('base64url')
    .slice(0, 16)
  if (user.knownDevices.includes(device)) return user.knownDevices
  if (user.lastLoginAt !== null) {
    const device = describeDevice(userAgent)
    const details = { device, ip, time: tx.now() }
    await mailUser(tx, user, 'signIn', { path: '/settings/security#sessions', details })
    await tellUser(tx, 'account.new_sign_in', { user_id: user.id, device, ip })
  }
  return [...user.knownDevices, device].slice(-maxKnown)
}

const programs: [RegExp, string][] = [
  [/\bEdg\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bChrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** `Firefox, Windows`; for a program that is no browser, how it names itself. */
export function describeDevice(userAgent: string | null): string {
  if (!userAgent) return '–'
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1]
  const program = find(programs)
  if (!program) return userAgent.split(/[\s/]/)[0]!.slice(0, 40)
  return [program, find(systems)].filter(Boolean).join(', ')
}
