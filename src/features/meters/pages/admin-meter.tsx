import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { requireAdmin } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Notice } from '../../../ui/notice.tsx'
import { PageHeader } from '../../../ui/page.tsx'
import { listPlans } from '../../plans/plans.ts'
import { CreateMeter, UpdateMeter } from '../meter-input.ts'
import { toMeterJson } from '../meter-json.ts'
import { createMeter, deleteMeter, getMeter, updateMeter } from '../meters.ts'
import { setMeterLimits } from '../plan-limits.ts'
import { listFeedingRoutes } from '../route-meters.ts'
import { listTopUsers } from '../top-users.ts'
import type { Route } from './+types/admin-meter'
import { FeedingCard } from './feeding-card.tsx'
import { LimitsCard } from './limits-card.tsx'
import { MeterEnding, MeterForm } from './meter-form.tsx'
import { useMeterWords } from './meter-words.ts'
import { SendCard } from './send-card.tsx'
import { TopUsers } from './top-users-table.tsx'

const isNew = (id: string) => id === 'new'

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireAdmin(actor)
  const isSaved = new URL(request.url).searchParams.has('saved')
  const { publicUrl } = app.config
  if (isNew(params.id)) return { meter: null, plans: [], users: [], routes: [], isSaved, publicUrl }
  const meter = await getMeter(app, actor, params.id)
  const plans = (await listPlans(app)).map(({ id, slug, name, limits }) => ({
    ...{ id, slug, name, limit: limits[meter.key] ?? null },
  }))
  const users = await listTopUsers(app, actor, meter)
  const routes = await listFeedingRoutes(app, actor, meter.key)
  return { meter: toMeterJson(meter), plans, users, routes, isSaved, publicUrl }
}

const Fields = z.object({
  key: z.string().default(''),
  name: z.string().default(''),
  kind: z.string().default(''),
  source: z.string().optional(),
  unit: z.string().default(''),
})

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { id } = params
  const saved = (key: string) => redirect(`/admin/meters/${key}?saved`)
  return submitOneOf(request, {
    meter: formOf(
      Fields,
      ({ name, unit, ...rest }) =>
        isNew(id)
          ? createMeter(app, actor, checked(CreateMeter, { name, unit, ...rest }))
          : updateMeter(app, actor, id, checked(UpdateMeter, { name, unit })),
      ({ key }) => saved(key),
    ),
    limits: formOf(
      z.record(z.string(), z.string()),
      async (given) => {
        const { key } = await getMeter(app, actor, id)
        const plans = await listPlans(app)
        // A field left empty is absent: no limit.
        const limits = plans.map((plan) => [plan.id, numberOf(given[plan.id])] as const)
        await setMeterLimits(app, actor, key, Object.fromEntries(limits))
        return key
      },
      saved,
    ),
    archive: formOf(
      z.object({ archived: z.enum(['true', 'false']) }),
      ({ archived }) => updateMeter(app, actor, id, { archived: archived === 'true' }),
      ({ key }) => saved(key),
    ),
    delete: formOf(z.object({}), () => deleteMeter(app, actor, id), '/admin/meters'),
  })
}

const numberOf = (text: string | undefined) => (text === undefined ? null : Number(text))

export default function AdminMeter({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('meters')
  const { t: common } = useTranslation()
  const words = useMeterWords()
  const { meter, plans, users, routes, isSaved, publicUrl } = loaderData
  const isBuiltIn = meter?.id === null
  const title = meter ? words.name(meter) : t('add')
  return (
    <>
      <title>{title}</title>
      <PageHeader title={title} back={{ to: '/admin/meters', label: t('title') }} />
      <div className="grid max-w-3xl gap-8">
        {isSaved && <Notice tone="ok">{common('saved')}</Notice>}
        {meter?.archived && <Notice tone="warn">{t('archivedText')}</Notice>}
        {isBuiltIn && <Notice>{t(`builtIn.${meter.key as 'api_requests'}`)}</Notice>}
        {meter && !isBuiltIn && (
          <>
            <TopUsers meter={meter} users={users} />
            {!meter.archived && <FeedingCard meter={meter} routes={routes} />}
          </>
        )}
        {!isBuiltIn && <MeterForm meter={meter} state={refusedOf(actionData, 'meter')} />}
        {meter && meter.key !== 'api_requests' && (
          <LimitsCard
            unit={words.unit(meter)}
            kind={meter.kind}
            plans={plans}
            state={refusedOf(actionData, 'limits')}
          />
        )}
        {meter && !isBuiltIn && (
          <>
            {meter.source === 'events' && !meter.archived && (
              <SendCard meter={meter} publicUrl={publicUrl} />
            )}
            <MeterEnding
              meter={meter}
              archiving={refusedOf(actionData, 'archive')}
              deleting={refusedOf(actionData, 'delete')}
            />
          </>
        )}
      </div>
    </>
  )
}
