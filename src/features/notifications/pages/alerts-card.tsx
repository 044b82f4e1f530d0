import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/submit.ts'
import { Checkbox, ErrorSummary, TextField } from '../../../ui/form.tsx'
import { Card } from '../../../ui/page.tsx'
import { severities } from '../../notices/notice-types.ts'
import type { AlertPreferencesJson } from '../alert-preferences.ts'
import { AutosaveForm } from './autosave.tsx'

type AlertsCardProps = { preferences: AlertPreferencesJson; isEditor: boolean; state?: Refused }

/** A channel was ticked, and its address is still to be typed. */
const hasAddresses = (form: FormData) =>
  ['slack', 'webhook'].every((channel) => !form.has(`${channel}_on`) || form.get(channel) !== '')

/** Where the organization is told of what happens. Only its owner changes that. */
export function AlertsCard({ preferences, isEditor, state }: AlertsCardProps) {
  const { t } = useTranslation('notices')
  const { email, slack, webhook, thresholds } = preferences
  return (
    <Card title={t('organizationCard')}>
      {!isEditor && <p className="mb-4 text-n11">{t('readOnly')}</p>}
      <AutosaveForm
        action="?form=alerts"
        state={state}
        isComplete={hasAddresses}
        className="grid gap-6"
      >
        <ErrorSummary />
        <fieldset disabled={!isEditor} className="grid gap-5">
          <legend className="mb-3 font-medium">{t('channels')}</legend>
          <Checkbox
            name="email_on"
            label={t('emailOn')}
            hint={t('emailOnHint')}
            defaultChecked={email.enabled}
          />
          <div className="group grid gap-3">
            <Checkbox
              name="slack_on"
              label={t('slackOn')}
              hint={t('slackOnHint')}
              defaultChecked={slack.enabled}
            />
            <div className="hidden pl-6.5 group-has-[:checked]:block">
              <TextField
                key={slack.webhook_url}
                name="slack"
                type="url"
                label={t('slackUrl')}
                hint={t(slack.webhook_url ? 'urlKept' : 'slackUrlHint')}
                defaultValue={slack.webhook_url ?? ''}
                autoComplete="off"
                placeholder="https://hooks.slack.com/services/"
              />
            </div>
          </div>
          <div className="group grid gap-3">
            <Checkbox
              name="webhook_on"
              label={t('webhookOn')}
              hint={t('webhookOnHint')}
              defaultChecked={webhook.enabled}
            />
            <div className="hidden pl-6.5 group-has-[:checked]:block">
              <TextField
                key={webhook.url}
                name="webhook"
                type="url"
                label={t('webhookUrl')}
                hint={t(webhook.url ? 'urlKept' : 'webhookUrlHint')}
                defaultValue={webhook.url ?? ''}
                autoComplete="off"
                placeholder="https://"
              />
            </div>
          </div>
        </fieldset>
        <fieldset disabled={!isEditor} className="grid gap-3">
          <legend className="mb-3 font-medium">{t('severities')}</legend>
          {severities.map((severity) => (
            <Checkbox
              key={severity}
              name={severity}
              label={t(`severity.${severity}`)}
              hint={t(`severityHint.${severity}`)}
              defaultChecked={preferences.severities.includes(severity)}
            />
          ))}
        </fieldset>
        <fieldset disabled={!isEditor}>
          <TextField
            name="thresholds"
            label={t('thresholds')}
            hint={t('thresholdsHint')}
            defaultValue={thresholds.join(', ')}
            inputMode="numeric"
          />
        </fieldset>
      </AutosaveForm>
    </Card>
  )
}
