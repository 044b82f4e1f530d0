import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
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
          <AddressedChannel
            name="slack"
            isOn={slack.enabled}
            address={slack.webhook_url}
            placeholder="https://hooks.slack.com/services/"
          />
          <AddressedChannel
            name="webhook"
            isOn={webhook.enabled}
            address={webhook.url}
            placeholder="https://"
          />
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

type AddressedChannelProps = {
  name: 'slack' | 'webhook'
  isOn: boolean
  address: string | null
  placeholder: string
}

/** A channel that needs an address, which is asked for once it is ticked. */
function AddressedChannel({ name, isOn, address, placeholder }: AddressedChannelProps) {
  const { t } = useTranslation('notices')
  return (
    <div className="group grid gap-3">
      <Checkbox
        name={`${name}_on`}
        label={t(`${name}On`)}
        hint={t(`${name}OnHint`)}
        defaultChecked={isOn}
      />
      <div className="hidden pl-6.5 group-has-[:checked]:block">
        <TextField
          key={address}
          name={name}
          type="url"
          label={t(`${name}Url`)}
          hint={t(address ? 'urlKept' : `${name}UrlHint`)}
          defaultValue={address ?? ''}
          autoComplete="off"
          placeholder={placeholder}
        />
      </div>
    </div>
  )
}
