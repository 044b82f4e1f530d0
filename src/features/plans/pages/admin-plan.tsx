import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { requireAdmin } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { LinesField, NullableNumber, OptionalNumber, Tick } from '../../../core/http/form-fields.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Checkbox, ErrorSummary, Form, Select, TextArea, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { toPlanJson } from '../plan-json.ts'
import { CreatePlan, createPlan, deletePlan, getPlan, updatePlan } from '../plans.ts'
import type { Route } from './+types/admin-plan'

const isNew = (id: string) => id === 'new'

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireAdmin(actor)
  const plan = isNew(params.id) ? null : toPlanJson(await getPlan(app, params.id))
  return { plan, isSaved: new URL(request.url).searchParams.has('saved') }
}

const PlanForm = z.object({
  name: z.string().default(''),
  slug: z.string().optional(),
  description: z.string().default(''),
  price_monthly: OptionalNumber,
  currency: z.string().default('USD'),
  rate_limit_per_minute: NullableNumber,
  rate_limit_burst: OptionalNumber,
  requests_per_month: NullableNumber,
  quota_enforcement: z.string().optional(),
  overage_price: NullableNumber,
  max_api_keys: NullableNumber,
  features: LinesField,
  is_default: Tick,
  enabled: Tick,
})

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  if (new URL(request.url).searchParams.get('form') === 'delete') {
    const answer = await submit(z.object({}), request, () => deletePlan(app, actor, params.id))
    return 'result' in answer ? redirect('/admin/plans') : answer
  }
  const answer = await submit(PlanForm, request, (form) => {
    const input = checked(CreatePlan, form)
    return isNew(params.id)
      ? createPlan(app, actor, input)
      : updatePlan(app, actor, params.id, input)
  })
  return 'result' in answer ? redirect(`/admin/plans/${answer.result.slug}?saved`) : answer
}

export default function AdminPlan({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const { plan, isSaved } = loaderData
  const title = plan?.name ?? t('addPlan')
  const empty = t('emptyUnlimited')
  return (
    <>
      <title>{title}</title>
      <PageHeader title={title} back={{ to: '/admin/plans', label: t('plans') }} />
      <div className="grid max-w-2xl gap-8">
        {isSaved && <Notice tone="ok">{common('saved')}</Notice>}
        <Card>
          <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
            <ErrorSummary />
            <TextField name="name" label={t('name')} defaultValue={plan?.name} />
            {plan && <TextField name="slug" label={t('slug')} defaultValue={plan.slug} />}
            <TextField
              name="description"
              label={t('description')}
              defaultValue={plan?.description}
            />
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField
                name="price_monthly"
                label={t('priceMinor')}
                inputMode="numeric"
                defaultValue={plan?.price_monthly ?? 0}
              />
              <TextField
                name="currency"
                label={t('currency')}
                defaultValue={plan?.currency ?? 'USD'}
              />
              <TextField
                name="rate_limit_per_minute"
                label={t('perMinute')}
                hint={empty}
                inputMode="numeric"
                defaultValue={plan?.rate_limit_per_minute ?? ''}
              />
              <TextField
                name="rate_limit_burst"
                label={t('burst')}
                hint={t('burstHint')}
                inputMode="numeric"
                defaultValue={plan?.rate_limit_burst ?? 0}
              />
              <TextField
                name="requests_per_month"
                label={t('perMonth')}
                hint={empty}
                inputMode="numeric"
                defaultValue={plan?.requests_per_month ?? ''}
              />
              <Select
                name="quota_enforcement"
                label={t('enforcement')}
                hint={t('enforcementHint')}
                defaultValue={plan?.quota_enforcement ?? 'hard'}
                options={(['hard', 'soft', 'warn'] as const).map((value) => ({
                  value,
                  label: t(`enforce.${value}`),
                }))}
              />
              <TextField
                name="overage_price"
                label={t('overage')}
                inputMode="numeric"
                defaultValue={plan?.overage_price ?? ''}
              />
              <TextField
                name="max_api_keys"
                label={t('maxKeys')}
                hint={empty}
                inputMode="numeric"
                defaultValue={plan?.max_api_keys ?? ''}
              />
            </div>
            <TextArea
              name="features"
              label={t('features')}
              hint={t('featuresHint')}
              defaultValue={plan?.features.join('\n')}
            />
            <Checkbox
              name="is_default"
              label={t('default')}
              hint={t('defaultHint')}
              defaultChecked={plan?.is_default}
            />
            <Checkbox name="enabled" label={t('enabled')} defaultChecked={plan?.enabled ?? true} />
            <Button className="justify-self-start">{common('save')}</Button>
          </Form>
        </Card>
        {plan && (
          <Form method="post" action="?form=delete">
            <Button look="danger">{t('deleteConfirm', { name: plan.name })}</Button>
          </Form>
        )}
      </div>
    </>
  )
}
