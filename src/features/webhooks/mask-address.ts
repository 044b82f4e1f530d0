import { invalidInput } from '../../core/errors.ts'

/**
 * An address without what may open something: its host, and the end by which its owner knows it
 * again.
 */
export function maskAddress(address: string): string {
  const { origin, pathname, search } = new URL(address)
  const rest = pathname + search
  if (rest === '/') return origin
  return `${origin}/…${rest.length > 12 ? rest.slice(-4) : ''}`
}

/** Refuses what was read masked and is not what stands there: stored, it would lead nowhere. */
export function assertUnmasked(address: string, path: string): void {
  if (address.includes('…')) throw invalidInput(path, 'This address is masked. Give the whole one')
}
