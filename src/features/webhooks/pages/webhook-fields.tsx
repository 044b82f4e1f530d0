import { useTranslation } from 'react-i18next'
import { BoxGroup } from '../../../ui/box-group.tsx'
import { Checkbox, TextField } from '../../../ui/form.tsx'
import { noticeTypeNames } from '../../notices/notice-types.ts'
import type { EndpointJson } from '../webhook-json.ts'

/** What of a webhook its owner says. The webhook of the alert preferences hears by severity. */
export function WebhookFields({ values }: { values?: EndpointJson }) {
  const { t } = useTranslation('webhooks')
  const { t: notices } = useTranslation('notices')
  const isOn = (type: string) => values?.events.includes(type)
  return (
    <>
      <TextField
        name="url"
        type="url"
        label={t('url')}
        hint={t(values ? 'urlKeptHint' : 'urlHint')}
        defaultValue={values?.url}
        maxLength={2000}
        autoComplete="off"
        placeholder="https://"
        required
      />
      <TextField
        name="description"
        label={t('description')}
        hint={t('descriptionHint')}
        defaultValue={values?.description}
        maxLength={200}
      />
      {values?.is_alerts ? (
        <input type="hidden" name="all" value="on" />
      ) : (
        <BoxGroup name="events" legend={t('events')}>
          <Checkbox
            name="all"
            label={t('allEvents')}
            hint={t('allEventsHint')}
            defaultChecked={values ? isOn('*') : true}
          />
          <div className="grid gap-2.5 border-n6 border-t pt-3 group-has-[[name=all]:checked]:hidden sm:grid-cols-2">
            {noticeTypeNames.map((type) => (
              <Checkbox
                key={type}
                name={`on:${type}`}
                label={notices(`kind.${type}` as 'kind.key.created')}
                hint={<code className="font-mono text-xs">{type}</code>}
                defaultChecked={isOn(type)}
              />
            ))}
          </div>
        </BoxGroup>
      )}
    </>
  )
}
