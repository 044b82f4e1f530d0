import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { findUnsubscription, StopMails, stopMails } from '../unsubscribe.ts'
import type { Route } from './+types/portal-unsubscribe'

/** Where the link of a mail leads. Looking stops nothing: programs that check mails follow their links. */
export async function loader({ context, request }: Route.LoaderArgs) {
  const { app } = context.get(pageContext)
  const token = new URL(request.url).searchParams.get('token') ?? ''
  return { token, found: await findUnsubscription(app, token) }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(StopMails, request, async (input) => {
    await stopMails(app, actor, input)
    return input.token
  })
  if (!('result' in answer)) return answer
  return redirect(`/unsubscribe?token=${encodeURIComponent(answer.result)}`)
}

export default function UnsubscribePage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('notices')
  const { token, found } = loaderData
  if (!found) {
    return (
      <CenteredCard title={t('stop.broken')} below={<ToChoice />}>
        <title>{t('stop.broken')}</title>
        <p className="text-n11">{t('stop.brokenText')}</p>
      </CenteredCard>
    )
  }
  const { topic, email, isOff } = found
  const state = isOff.all ? 'all' : isOff.these ? 'these' : 'on'
  const title = t(`stop.title.${state}`)
  const kind = topic === 'digest' ? t('stop.digest') : t(`kind.${topic}` as 'kind.key.created')
  return (
    <CenteredCard title={title} below={<ToChoice />}>
      <title>{title}</title>
      {/* The token in the address must not reach another site; with no-referrer forms would lose their Origin. */}
      <meta name="referrer" content="same-origin" />
      <p className="mb-3 break-words">{t(`stop.text.${state}`, { kind, email })}</p>
      <p className="text-n11">{t('stop.kept')}</p>
      {!isOff.all && (
        <Form
          method="post"
          action="/unsubscribe"
          state={refusedOf(actionData)}
          className="mt-5 grid gap-3"
        >
          <ErrorSummary />
          <input type="hidden" name="token" value={token} />
          {!isOff.these && (
            <Button name="which" value="these">
              {t('stop.these')}
            </Button>
          )}
          <Button look="secondary" name="which" value="all">
            {t('stop.all')}
          </Button>
        </Form>
      )}
    </CenteredCard>
  )
}

function ToChoice() {
  const { t } = useTranslation('notices')
  return (
    <Link to="/settings/alerts" className="link">
      {t('stop.choose')}
    </Link>
  )
}
