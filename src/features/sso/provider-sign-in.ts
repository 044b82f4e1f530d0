import type { App } from '../../core/app.ts'
import type { User } from '../accounts/schema.ts'
import { attemptCookieOf, newAttempt, spendAttempt } from './attempts.ts'
import { exchangeCode } from './exchange.ts'
import { explainFailure } from './failures.ts'
import { admitPerson, type Visit } from './people.ts'
import { getServer } from './provider-server.ts'
import { callbackUrlOf, getProvider, type ProviderId } from './providers.ts'

/**
 * Where a browser goes to sign in at a provider, and the `Set-Cookie` that binds its return to it.
 * @throws AppError `sso_not_configured`, `sso_unavailable`.
 */
export async function beginProviderSignIn(
  app: App,
  id: ProviderId,
  next: string | null,
  visit: Visit,
): Promise<{ url: string; cookie: string }> {
  const provider = await getProvider(app, id)
  const { metadata } = await getServer(app, provider).catch((error: unknown) => {
    throw explainFailure(app, provider, error, visit.requestId)
  })
  const { attempt, challenge, cookie } = await newAttempt(app, id, next)
  const url = new URL(metadata.authorization_endpoint!)
  const query = {
    ...{ client_id: provider.clientId, response_type: 'code', scope: provider.scopes },
    ...{ redirect_uri: callbackUrlOf(app, id), state: attempt.state, nonce: attempt.nonce },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    ...(!provider.isOperators && { prompt: 'select_account' }),
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return { url: url.href, cookie }
}

export type Return = {
  /** What the provider added to the callback's address. */
  answer: URLSearchParams
  /** Reads a cookie that the browser sent. */
  readCookie: (name: string) => string | undefined
}

/**
 * Who came back from a provider, and where they wanted to go. The `Set-Cookie` ends what bound them.
 * @throws AppError `sso_state_invalid`, `sso_refused`, `sso_failed`, `sso_unavailable`, and what
 * `admitPerson` throws.
 */
export async function finishProviderSignIn(
  app: App,
  id: ProviderId,
  { answer, readCookie }: Return,
  visit: Visit,
): Promise<{ user: User; next: string | null; cookie: string }> {
  const provider = await getProvider(app, id)
  const state = answer.get('state') ?? ''
  const name = attemptCookieOf(state)
  const attempt = await spendAttempt(app, id, state, readCookie(name))
  const profile = await getServer(app, provider)
    .then((server) => exchangeCode({ app, provider, server }, attempt, answer))
    .catch((error: unknown) => {
      throw explainFailure(app, provider, error, visit.requestId)
    })
  const user = await admitPerson(app, provider, profile, visit)
  return { user, next: attempt.next, cookie: `${name}=; Max-Age=0` }
}
