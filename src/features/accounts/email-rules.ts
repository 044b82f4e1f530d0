import type { App } from '../../core/app.ts'
import { invalidInput } from '../../core/errors.ts'

/**
 * Refuses an address of a service that gives them away for minutes: no mail about money or security
 * would reach its owner later. For addresses that people choose themselves, not for operators.
 * @throws AppError `validation_error` for `email`.
 */
export async function assertLastingAddress(app: App, email: string): Promise<void> {
  const disposable = await app.once(loadDisposableDomains)
  const labels = email.slice(email.lastIndexOf('@') + 1).split('.')
  const isDisposable = labels.some((_, at) => disposable.has(labels.slice(at).join('.')))
  if (isDisposable)
    throw invalidInput('email', 'Addresses of disposable mail services are not accepted.')
}

async function loadDisposableDomains(): Promise<Set<string>> {
  const { disposableEmailBlocklistSet } = await import('disposable-email-domains-js')
  return disposableEmailBlocklistSet()
}
