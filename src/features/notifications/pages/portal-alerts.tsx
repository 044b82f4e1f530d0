import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { can } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Notice } from '../../../ui/notice.tsx'
import {
  getAlertPreferences,
  UpdateAlertPreferences,
  updateAlertPreferences,
} from '../alert-preferences.ts'
import { getMailModes, MailModes, updateMailModes } from '../mail-modes.ts'
import type { Route } from './+types/portal-alerts'
import { AlertsCard } from './alerts-card.tsx'
import { AlertsForm, MailsForm, toAlertsInput, toMailModes } from './alerts-form.ts'
import { MailsCard } from './mails-card.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  return {
    preferences: await getAlertPreferences(app, actor),
    modes: await getMailModes(app, actor),
    isEditor: can(actor, 'alerts:write'),
    seesWebhooks: can(actor, 'webhooks:read'),
    isSaved: new URL(request.url).searchParams.has('saved'),
  }
}

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  return submitOneOf(request, {
    alerts: formOf(
      AlertsForm,
      (form) =>
        updateAlertPreferences(app, actor, checked(UpdateAlertPreferences, toAlertsInput(form))),
      '/settings/alerts?saved',
    ),
    mails: formOf(
      MailsForm,
      (form) => updateMailModes(app, actor, checked(MailModes, toMailModes(form))),
      '/settings/alerts?saved',
    ),
  })
}

export default function Alerts({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('notices')
  const { preferences, modes, isEditor, seesWebhooks, isSaved } = loaderData
  const hasFailed = refusedOf(actionData, 'alerts') ?? refusedOf(actionData, 'mails')
  return (
    <>
      <title>{t('alerts')}</title>
      <p className="text-n11">
        {t('alertsAbout')}{' '}
        <Link to="/notifications" className="link">
          {t('title')}
        </Link>
        {seesWebhooks && (
          <>
            {' · '}
            <Link to="/webhooks" className="link">
              {t('webhooksLink')}
            </Link>
          </>
        )}
      </p>
      {isSaved && !hasFailed && <Notice tone="ok">{t('alertsSaved')}</Notice>}
      <AlertsCard
        preferences={preferences}
        isEditor={isEditor}
        state={refusedOf(actionData, 'alerts')}
      />
      <MailsCard modes={modes} state={refusedOf(actionData, 'mails')} />
    </>
  )
}
