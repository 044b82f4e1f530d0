import { useEffect, useState } from 'react'
import type { Sentence } from '../../../core/errors.ts'
import { useShell } from '../../../ui/shell.ts'

/** True in a browser that can use passkeys; false on the server and without JavaScript. */
export function useHasPasskeys(): boolean {
  const [hasPasskeys, setHasPasskeys] = useState(false)
  useEffect(() => setHasPasskeys('PublicKeyCredential' in window), [])
  return hasPasskeys
}

export type Refusal = { errors: ({ path: string } & Sentence)[] }
type Answer<T> = { ok: T } | Refusal

/** Calls an API of ours from a page, as the person who is signed in. */
export function usePost() {
  const { csrfToken } = useShell()
  return async function post<T>(path: string, body: object): Promise<Answer<T>> {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
      body: JSON.stringify(body),
    })
    const answer = await response.json()
    if (response.ok) return { ok: answer as T }
    const { errors, detail } = answer as Partial<Refusal> & { detail: string }
    return { errors: errors ?? [{ path: '', message: detail }] }
  }
}
