import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { can } from '../../../core/actor.ts'
import { AppError, notFound } from '../../../core/errors.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { titleOf } from '../../../core/http/problem.ts'
import { useFormat } from '../../../ui/format.ts'
import { CenteredCard } from '../../../ui/layout.tsx'
import { getLog } from '../logs.ts'
import type { Route } from './+types/portal-error-help'
import { ExplanationNotice } from './explanation-notice.tsx'

/** The page that a problem's `type` leads to: what the code means and, for its owner, what happened to that very request. */
export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor, locale, timeZone, branding } = context.get(pageContext)
  if (!/^[a-z0-9_]{1,60}$/.test(params.code)) throw notFound('error code')
  const id = new URL(request.url).searchParams.get('request')?.slice(0, 60) ?? null
  const isReader = branding.showUsage && can(actor, 'logs:read')
  const log =
    id && isReader
      ? await getLog(app, actor, id, { locale, timeZone }).catch((error: unknown) => {
          if (error instanceof AppError && error.kind === 'not_found') return null
          throw error
        })
      : null
  return {
    code: params.code,
    plainTitle: titleOf(params.code),
    id,
    log,
    isReader,
    isSignedIn: actor.type === 'user',
  }
}

export default function ErrorHelp({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('usage')
  const format = useFormat()
  const { code, plainTitle, id, log, isReader, isSignedIn } = loaderData
  const here = `/help/errors/${code}?request=${encodeURIComponent(id ?? '')}`
  const meaning = t(`codes.${code as 'quota_exceeded'}`, { defaultValue: t('help.other') })
  const title = t(`titles.${code as 'quota_exceeded'}`, { defaultValue: plainTitle })
  const link = 'font-medium text-brand-text underline-offset-2 hover:underline'
  return (
    <CenteredCard title={title}>
      <title>{title}</title>
      <div className="grid gap-4">
        <p className="font-mono text-n11 text-xs">{code}</p>
        {log && (
          <p>
            <code className="break-all font-mono text-[13px]">
              {log.method} {log.path}
            </code>{' '}
            <time dateTime={log.time} className="whitespace-nowrap text-n11">
              {format.dateTime(log.time)}
            </time>
          </p>
        )}
        {log?.explanation ? <ExplanationNotice explanation={log.explanation} /> : <p>{meaning}</p>}
        {log && (
          <p>
            <Link to={`/logs/${log.id}`} className={link}>
              {t('help.openLog')}
            </Link>
          </p>
        )}
        {id && isReader && !log && <p className="text-n11">{t('help.notFound', { id })}</p>}
        {id && !isSignedIn && (
          <p>
            <Link to={`/login?next=${encodeURIComponent(here)}`} className={`break-all ${link}`}>
              {t('help.signIn', { id })}
            </Link>
          </p>
        )}
        {isSignedIn && (
          <p>
            <Link to="/" className={link}>
              {t('help.back')}
            </Link>
          </p>
        )}
      </div>
    </CenteredCard>
  )
}
