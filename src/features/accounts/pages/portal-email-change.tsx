import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { CenteredCard } from '../../../ui/layout.tsx'
import { AnswerEmailChange, answerEmailChange, readEmailChange } from '../email-change.ts'
import type { Route } from './+types/portal-email-change'

const outcomes = ['moved', 'waiting', 'stopped'] as const

/** What the mails about a change of address lead to. Opening it changes nothing: mail programs open links, too. */
export async function loader({ context, request }: Route.LoaderArgs) {
  const { app } = context.get(pageContext)
  const { searchParams } = new URL(request.url)
  const done = outcomes.find((outcome) => outcome === searchParams.get('done'))
  const token = searchParams.get('token') ?? ''
  const asked = done ? null : await readEmailChange(app, token)
  return { done, token, asked: asked && { side: asked.side, newEmail: asked.newEmail } }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const answer = await submit(AnswerEmailChange, request, (input) =>
    answerEmailChange(app, actor, input),
  )
  return 'result' in answer ? redirect(`/email-change?done=${answer.result}`) : answer
}

export default function EmailChangePage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('accounts')
  const { done, token, asked } = loaderData
  if (done) return <Done outcome={done} />
  if (!asked) {
    return (
      <CenteredCard title={t('linkInvalid')} below={<ToSettings />}>
        <title>{t('linkInvalid')}</title>
        <p className="text-n11">{t('emailLinkInvalidText')}</p>
      </CenteredCard>
    )
  }
  const title = t(asked.side === 'new' ? 'emailConfirmNew' : 'emailAgreeOld')
  return (
    <CenteredCard title={title}>
      <title>{title}</title>
      {/* The token in the address must not reach another site; with no-referrer forms would lose their Origin. */}
      <meta name="referrer" content="same-origin" />
      <p className="mb-5 text-n11">
        {t(asked.side === 'new' ? 'emailConfirmNewText' : 'emailAgreeOldText')}
      </p>
      <p className="mb-5 break-words rounded-lg bg-n3 px-3.5 py-2.5 font-medium">
        {asked.newEmail}
      </p>
      <Form
        method="post"
        action="/email-change"
        state={refusedOf(actionData)}
        className="grid gap-3"
      >
        <ErrorSummary />
        <input type="hidden" name="token" value={token} />
        <Button name="answer" value="agree">
          {t(asked.side === 'new' ? 'emailConfirm' : 'emailAgree')}
        </Button>
        {asked.side === 'old' && (
          <Button look="danger" name="answer" value="stop">
            {t('emailStop')}
          </Button>
        )}
      </Form>
    </CenteredCard>
  )
}

function Done({ outcome }: { outcome: (typeof outcomes)[number] }) {
  const { t } = useTranslation('accounts')
  const title = t(`emailDone.${outcome}`)
  return (
    <CenteredCard title={title} below={outcome === 'stopped' ? <ToSettings /> : undefined}>
      <title>{title}</title>
      <p className="mb-5 text-n11">{t(`emailDoneText.${outcome}`)}</p>
      <LinkButton to={outcome === 'stopped' ? '/forgot-password' : '/settings'} look="primary">
        {t(outcome === 'stopped' ? 'choosePassword' : 'goOn')}
      </LinkButton>
    </CenteredCard>
  )
}

function ToSettings() {
  const { t } = useTranslation('accounts')
  return (
    <Link to="/settings" className="link">
      {t('toSettings')}
    </Link>
  )
}
