import { errors } from 'jose'
import * as oauth from 'oauth4webapi'
import type { App } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import type { Provider } from './providers.ts'

/** What a failed sign-in at a provider says to the person; the log has more, and no code or token. */
export function explainFailure(
  app: App,
  { id, name }: Provider,
  error: unknown,
  requestId: string | undefined,
): AppError {
  const params = { provider: name }
  app.log.warn({ provider: id, requestId, ...factsOf(error) }, 'signing in at a provider failed')
  if (isUnreachable(error)) {
    return new AppError(
      'unavailable',
      'sso_unavailable',
      '{{provider}} does not answer as it should. Try again in a moment.',
      { params },
    )
  }
  if (error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied') {
    return new AppError(
      'forbidden',
      'sso_refused',
      'The sign-in at {{provider}} was cancelled, or refused there.',
      { params },
    )
  }
  return new AppError(
    'forbidden',
    'sso_failed',
    'What {{provider}} answered does not prove who you are. Begin again, or ask the operator.',
    { params },
  )
}

function factsOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return {}
  const { name, message, cause } = error
  const { code, status, error: reason, error_description: description } = error as Said
  // Causes hold whole answers, with what must not be in a log; of a failed connection, the code.
  const connection = cause instanceof Error ? (cause as Said).code : undefined
  return { name, message, code, status, reason, description, connection }
}

type Said = Error & {
  code?: string
  status?: number
  error?: string
  error_description?: string
}

const keyServerProblems = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'])
const ownTroubles = new Set(['server_error', 'temporarily_unavailable'])

/** True where the provider is at fault, and not what the person brought. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof errors.JOSEError) return keyServerProblems.has(error.code)
  if (error instanceof oauth.AuthorizationResponseError) return ownTroubles.has(error.error)
  if (error instanceof oauth.ResponseBodyError) return error.status >= 500
  if (error instanceof oauth.OperationProcessingError)
    return error.code === oauth.RESPONSE_IS_NOT_CONFORM || error.code === oauth.RESPONSE_IS_NOT_JSON
  return true
}
