import { useTranslation } from 'react-i18next'
import type { Refused } from '../../../core/http/refused.ts'
import { Button } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form, Select } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Card, DescriptionList } from '../../../ui/page.tsx'
import type { EndpointJson } from '../webhook-json.ts'
import { WebhookEvents, WebhookState } from './webhook-state.tsx'

type SwitchCardProps = { webhook: EndpointJson; isEditor: boolean; state?: Refused }

/** Whether the webhook is called, why not, and the way to change that. */
export function SwitchCard({ webhook, isEditor, state }: SwitchCardProps) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  const { enabled, disabled_reason: reason, failing_since: failing } = webhook
  return (
    <Card>
      <Form method="post" action="?form=switch" state={state} className="grid gap-3">
        <ErrorSummary />
        <div className="flex flex-wrap items-center justify-between gap-4">
          <div className="flex flex-wrap items-center gap-3">
            <WebhookState webhook={webhook} />
            <p className="max-w-[60ch] text-n11">
              {!enabled && reason && t(`offText.${reason}`)}
              {!enabled && !reason && t('offText.chosen')}
              {enabled &&
                (failing ? t('failingText', { since: format.moment(failing) }) : t('onText'))}
            </p>
          </div>
          {isEditor && (
            <>
              <input type="hidden" name="enabled" value={String(!enabled)} />
              <Button look={enabled ? 'secondary' : 'primary'}>
                {t(enabled ? 'switchOff' : 'switchOn')}
              </Button>
            </>
          )}
        </div>
      </Form>
    </Card>
  )
}

/** What those see of a webhook who may not change it. */
export function DetailsCard({ webhook }: { webhook: EndpointJson }) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  return (
    <Card>
      <DescriptionList
        rows={[
          [t('url'), webhook.url],
          [t('events'), <WebhookEvents key="events" webhook={webhook} />],
          [t('madeOn'), format.date(webhook.created_at)],
        ]}
      />
    </Card>
  )
}

/** Another secret, and how long the former one signs beside it. */
export function SecretCard({ webhook }: { webhook: EndpointJson }) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  return (
    <Card title={t('rotate')}>
      <p className="mb-4 text-n11">
        {webhook.former_secret_until
          ? t('overlapText', { until: format.moment(webhook.former_secret_until) })
          : t('rotateText')}
      </p>
      <Form method="post" action="?form=rotate" className="flex flex-wrap items-end gap-3">
        <Select
          name="overlap_hours"
          label={t('overlap')}
          defaultValue="24"
          options={['0', '1', '24', '168'].map((value) => ({
            value,
            label: t(`overlapHours.${value as '0'}`),
          }))}
        />
        <Button look="secondary">{t('rotate')}</Button>
      </Form>
    </Card>
  )
}

export function DeleteCard({ host }: { host: string }) {
  const { t } = useTranslation('webhooks')
  return (
    <Card title={t('delete')}>
      <p className="mb-4 text-n11">{t('deleteText', { host })}</p>
      <Disclosure summary={t('delete')}>
        <Form method="post" action="?form=delete">
          <Button look="danger">{t('deleteConfirm', { host })}</Button>
        </Form>
      </Disclosure>
    </Card>
  )
}
