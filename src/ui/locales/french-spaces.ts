/**
 * French has a space before : ; ? ! and inside « », at which no line may break. Texts are written
 * with plain spaces; this puts the right ones in their place.
 */
export function withFrenchSpaces<T>(texts: T): T {
  if (typeof texts === 'string') {
    return texts.replace(/ (?=[:;?!»])/g, '\u00a0').replace(/« /g, '«\u00a0') as T
  }
  if (texts === null || typeof texts !== 'object') return texts
  const entries = Object.entries(texts).map(([key, text]) => [key, withFrenchSpaces(text)])
  return Object.fromEntries(entries) as T
}
