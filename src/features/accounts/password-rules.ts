import type { App } from '../../core/app.ts'
import { invalidInput } from '../../core/errors.ts'
import { getSettings } from '../settings/settings.ts'

/** A name of fewer letters may stand in a password by chance. */
const minNameLength = 4

/**
 * Refuses a password that is too short by the settings, that many people use, or that holds the name
 * in the person's address or the operator's.
 * @throws AppError `validation_error` for `field`.
 */
export async function checkPassword(
  app: App,
  password: string,
  email: string,
  field = 'password',
): Promise<void> {
  const { password_min_length: min, portal_company_name: company } = await getSettings(app)
  if ([...password].length < min)
    throw invalidInput(field, 'The password needs at least {{min}} characters.', { min })
  const common = await app.once(loadCommonPasswords)
  const lower = password.normalize('NFKC').toLowerCase()
  if (common.has(lower) || new Set(lower).size <= 2)
    throw invalidInput(field, 'Many people use this password. Choose one that nobody would guess.')
  if (holdsName(lower, email.replace(/[+@].*/, '')))
    throw invalidInput(field, 'The password must not hold the name in your e-mail address.')
  if (holdsName(lower, company))
    throw invalidInput(field, 'The password must not hold the name {{company}}.', { company })
}

/** The passwords that are found most often in what leaked, in lower case. */
async function loadCommonPasswords(): Promise<Set<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'])
}

function holdsName(password: string, name: string): boolean {
  const letters = lettersOf(name)
  return letters.length >= minNameLength && lettersOf(password).includes(letters)
}

const lettersOf = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
