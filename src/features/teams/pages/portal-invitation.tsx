import { useTranslation } from 'react-i18next'
import { redirectDocument } from 'react-router'
import { z } from 'zod'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Button, LinkButton } from '../../../ui/button.tsx'
import { ErrorSummary, Form } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { CenteredCard } from '../../../ui/layout.tsx'
import { countRegistration } from '../../accounts/door-limits.ts'
import { openSession } from '../../sessions/sign-in.ts'
import { getSetting } from '../../settings/settings.ts'
import { acceptInvitation, findInvitation, registerInvited } from '../joining.ts'
import { RegisterInvited } from '../team-input.ts'
import type { Route } from './+types/portal-invitation'
import { RegisterForm } from './register-form.tsx'

/** Looking changes nothing: programs that check mails follow their links. */
export async function loader({ context, params }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  return {
    token: params.token,
    invitation: await findInvitation(app, params.token),
    reader: actor.type === 'user' ? actor.email : null,
    minLength: await getSetting(app, 'password_min_length'),
  }
}

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor, ip, requestId, locale } = context.get(pageContext)
  const { token } = params
  const team = '/team?done=joined'
  return submitOneOf(request, {
    accept: formOf(
      z.object({}),
      () => acceptInvitation(app, actor, token),
      () => redirectDocument(team),
    ),
    register: formOf(
      RegisterInvited,
      async (input) => {
        await countRegistration(app, ip)
        const { user } = await registerInvited(app, actor, token, { ...input, locale })
        const userAgent = request.headers.get('user-agent')
        return openSession(app, user, { ip, requestId, userAgent })
      },
      ({ cookies }) =>
        redirectDocument(team, { headers: cookies.map((cookie) => ['set-cookie', cookie]) }),
    ),
  })
}

export default function InvitationPage({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const { token, invitation, reader, minLength } = loaderData
  if (!invitation) return <Invalid />
  const { organization, role, email, inviter, expiresAt, hasAccount } = invitation
  const here = `/invitations/${token}`
  const title = t('join', { organization })
  const isOther = reader !== null && reader !== email
  return (
    <CenteredCard title={isOther ? t('forAddress', { email }) : title}>
      <title>{title}</title>
      {/* The token in the address must not reach another site; with no-referrer forms would lose their Origin. */}
      <meta name="referrer" content="same-origin" />
      <div className="grid gap-5">
        {isOther ? (
          <>
            <p className="text-n11">{t('wrongAccount', { email: reader })}</p>
            <Form
              method="post"
              action={`/logout?next=${encodeURIComponent(here)}`}
              reloadDocument
              isPersonal
            >
              <Button>{t('switchAccount')}</Button>
            </Form>
          </>
        ) : (
          <>
            <p>{t(`joinText.${role}`, { inviter: inviter ?? t('somebody') })}</p>
            {reader !== null && (
              <Form
                method="post"
                action="?form=accept"
                state={refusedOf(actionData, 'accept')}
                isPersonal
                className="grid gap-4"
              >
                <ErrorSummary />
                <p className="text-n11">{t('signedInAs', { email })}</p>
                <Button>{t('accept')}</Button>
              </Form>
            )}
            {reader === null && hasAccount && (
              <>
                <p className="text-n11">{t('hasAccount', { email })}</p>
                <LinkButton look="primary" to={`/login?next=${encodeURIComponent(here)}`}>
                  {t('signIn')}
                </LinkButton>
              </>
            )}
            {reader === null && !hasAccount && (
              <RegisterForm
                email={email}
                minLength={minLength}
                state={refusedOf(actionData, 'register')}
              />
            )}
            <p className="text-[13px] text-n11">
              {t('openUntil', { date: format.dateTime(expiresAt) })}
            </p>
          </>
        )}
      </div>
    </CenteredCard>
  )
}

function Invalid() {
  const { t } = useTranslation('team')
  return (
    <CenteredCard title={t('invalidTitle')}>
      <title>{t('invalidTitle')}</title>
      <p className="mb-5 text-n11">{t('invalidText')}</p>
      <LinkButton to="/">{t('toPortal')}</LinkButton>
    </CenteredCard>
  )
}
