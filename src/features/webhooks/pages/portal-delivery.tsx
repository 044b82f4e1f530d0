import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { can } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { Button } from '../../../ui/button.tsx'
import { Code } from '../../../ui/copy.tsx'
import { Form } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Card, DescriptionList, PageHeader } from '../../../ui/page.tsx'
import { getDelivery, replayDelivery } from '../deliveries.ts'
import type { DeliveryJson } from '../webhook-json.ts'
import { getWebhook } from '../webhooks.ts'
import type { Route } from './+types/portal-delivery'
import { AttemptResult, DeliveryState } from './webhook-state.tsx'

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const delivery = await getDelivery(app, actor, params.id)
  const { url, enabled } = await getWebhook(app, actor, delivery.endpoint_id)
  const isEditor = can(actor, 'webhooks:write')
  return {
    delivery,
    host: new URL(url).host,
    isReplayable: isEditor && enabled,
    isOff: isEditor && !enabled,
    isReplayed: new URL(request.url).searchParams.has('replayed'),
    now: app.now().getTime(),
  }
}

export async function action({ context, params }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  await replayDelivery(app, actor, params.id)
  return redirect(`/webhooks/deliveries/${params.id}?replayed`)
}

export default function Delivery({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  const { delivery, host, isReplayable, isOff, isReplayed, now } = loaderData
  return (
    <div className="max-w-3xl">
      <title>{delivery.type}</title>
      <PageHeader
        title={<span className="break-all font-mono text-xl">{delivery.type}</span>}
        back={{ to: `/webhooks/${delivery.endpoint_id}`, label: host }}
        actions={
          isReplayable && (
            <Form method="post">
              <Button look="secondary">{t('replay')}</Button>
            </Form>
          )
        }
      />
      <div className="grid gap-8">
        {isReplayed && <Notice tone="ok">{t('replayed')}</Notice>}
        {isOff && (
          <Notice>
            {t('replayOff')}{' '}
            <Link to={`/webhooks/${delivery.endpoint_id}`} className="link">
              {host}
            </Link>
          </Notice>
        )}
        <Card>
          <DescriptionList
            rows={[
              [t('state'), <DeliveryState key="state" delivery={delivery} now={now} />],
              [
                'webhook-id',
                <code key="id" className="break-all font-mono text-[13px]">
                  {delivery.webhook_id}
                </code>,
              ],
              [t('time'), format.dateTime(delivery.created_at)],
            ]}
          />
        </Card>
        <Card title={t('attempts')}>
          {delivery.attempts.length === 0 ? (
            <p className="text-n11">{t('noAttempts')}</p>
          ) : (
            <ol className="grid gap-5">
              {delivery.attempts.toReversed().map((attempt) => (
                <Attempt key={attempt.time} attempt={attempt} />
              ))}
            </ol>
          )}
        </Card>
        <Card title={t('payload')}>
          <Code copyable>{JSON.stringify(delivery.payload, null, 2)}</Code>
        </Card>
      </div>
    </div>
  )
}

function Attempt({ attempt }: { attempt: DeliveryJson['attempts'][number] }) {
  const { t } = useTranslation('webhooks')
  const format = useFormat()
  return (
    <li className="grid gap-2">
      <p className="flex flex-wrap items-baseline gap-x-4">
        <span className="font-medium">
          <AttemptResult attempt={attempt} />
        </span>
        <span className="text-[13px] text-n11">
          {format.dateTime(attempt.time)} · {format.duration(attempt.duration_ms)}
        </span>
      </p>
      {attempt.failure && <p className="text-n11">{t(`failureText.${attempt.failure}`)}</p>}
      {attempt.response && <Code isWrapped>{attempt.response}</Code>}
    </li>
  )
}
