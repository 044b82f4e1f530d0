import { useTranslation } from 'react-i18next'
import { isRouteErrorResponse, useRouteError } from 'react-router'
import type { Sentence } from '../core/errors.ts'
import { CenteredCard } from './layout.tsx'
import { useSentence } from './sentence.ts'
import { useShell } from './shell.ts'

type Failure = Sentence & { code: string; request_id: string }

/** What another account might be allowed. */
const asAnother = new Set(['forbidden', 'user_suspended'])

/** What happened, what to do, and the request id to name when asking for help. */
export function ErrorPage() {
  const error = useRouteError()
  const { t } = useTranslation('errors')
  const say = useSentence()
  const { t: common } = useTranslation()
  const { basePath, requestId, user, csrfToken } = useShell()
  const failure = readFailure(error, requestId)
  const known = failure.code as 'not_found'
  const title = t(`${known}.title`, { defaultValue: t('unknown.title') })
  const text = t(`${known}.text`, {
    defaultValue: failure.message ? say(failure) : t('unknown.text'),
  })
  return (
    <CenteredCard title={title}>
      <title>{title}</title>
      <p className="text-n11">{text}</p>
      <p className="mt-5">
        <a
          href={basePath}
          className="font-medium text-brand-text underline-offset-2 hover:underline"
        >
          {t('back')}
        </a>
      </p>
      {user && asAnother.has(failure.code) && (
        <form method="post" action={`${basePath}/logout`} className="mt-3">
          <input type="hidden" name="_csrf" value={csrfToken} />
          <button type="submit" className="link">
            {common('signOut')}
          </button>
        </form>
      )}
      <p className="mt-5 font-mono text-n11 text-xs">
        {failure.code} · {failure.request_id}
      </p>
    </CenteredCard>
  )
}

function readFailure(error: unknown, requestId: string): Failure {
  if (isRouteErrorResponse(error)) {
    const data = error.data as Partial<Failure> | string | null
    if (data && typeof data === 'object' && data.code) {
      const { code, message = '', params, request_id = requestId } = data
      return { code, message, params, request_id }
    }
    if (error.status === 404) return { code: 'not_found', message: '', request_id: requestId }
  }
  return { code: 'internal_error', message: '', request_id: requestId }
}
