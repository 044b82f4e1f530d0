import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { checked } from '../../../core/http/checked.ts'
import {
  ListField,
  NullableNumber,
  NullableText,
  OptionalNumber,
  Tick,
  withTicked,
} from '../../../core/http/form-fields.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Checkbox, ErrorSummary, Form, Select, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import { listRouteMeters } from '../../meters/route-meters.ts'
import {
  CreateRoute,
  createRoute,
  deleteRoute,
  getRoute,
  toRouteJson,
  updateRoute,
} from '../routes.ts'
import { listUpstreams } from '../upstreams.ts'
import type { Route } from './+types/admin-route'
import { MeterFields } from './meter-fields.tsx'

const isNew = (id: string) => id === 'new'

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const upstreams = (await listUpstreams(app, actor)).map(({ id, name }) => ({
    value: id,
    label: name,
  }))
  const route = isNew(params.id) ? null : toRouteJson(await getRoute(app, actor, params.id))
  const meters = (await listRouteMeters(app, actor)).map(({ key, name, source }) => ({
    ...{ key, name, source },
  }))
  return { route, upstreams, meters, isSaved: new URL(request.url).searchParams.has('saved') }
}

const RouteForm = withTicked(
  'meters',
  z.object({
    name: z.string().default(''),
    path: z.string().default(''),
    methods: ListField,
    host: NullableText,
    upstream: z.string().default(''),
    strip_prefix: Tick,
    rewrite: NullableText,
    auth_required: Tick,
    scopes: ListField,
    credit_cost: OptionalNumber,
    meters: z.array(z.string()),
    timeout_ms: NullableNumber,
    max_body_bytes: NullableNumber,
    cors: ListField,
    priority: OptionalNumber,
    enabled: Tick,
  }),
)

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  if (new URL(request.url).searchParams.get('form') === 'delete') {
    await deleteRoute(app, actor, params.id)
    return redirect('/admin/routes')
  }
  const answer = await submit(RouteForm, request, (form) => {
    const input = checked(CreateRoute, form)
    return isNew(params.id)
      ? createRoute(app, actor, input)
      : updateRoute(app, actor, params.id, input)
  })
  return 'result' in answer ? redirect(`/admin/routes/${answer.result.id}?saved`) : answer
}

export default function AdminRoute({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const { route, upstreams, meters, isSaved } = loaderData
  const title = route?.name ?? t('addRoute')
  return (
    <>
      <title>{title}</title>
      <PageHeader title={title} back={{ to: '/admin/routes', label: t('routes') }} />
      <div className="grid max-w-2xl gap-8">
        {isSaved && <Notice tone="ok">{common('saved')}</Notice>}
        <Card>
          <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
            <ErrorSummary />
            <TextField name="name" label={t('name')} defaultValue={route?.name} />
            <TextField
              name="path"
              label={t('path')}
              hint={t('pathHint')}
              defaultValue={route?.path}
              className="font-mono"
            />
            <TextField
              name="methods"
              label={t('methods')}
              hint={t('methodsHint')}
              defaultValue={route?.methods.join(', ')}
            />
            <Select
              name="upstream"
              label={t('upstream')}
              defaultValue={route?.upstream.id}
              options={upstreams}
            />
            <Checkbox
              name="auth_required"
              label={t('authRequired')}
              hint={t('authRequiredHint')}
              defaultChecked={route?.auth_required ?? true}
            />
            <Checkbox name="enabled" label={t('enabled')} defaultChecked={route?.enabled ?? true} />
            <MeterFields meters={meters} named={route?.meters} />
            <details>
              <summary className="w-fit text-n11 underline-offset-2 hover:underline">
                {t('more')}
              </summary>
              <div className="mt-4 grid gap-4">
                <Checkbox
                  name="strip_prefix"
                  label={t('stripPrefix')}
                  hint={t('stripPrefixHint')}
                  defaultChecked={route?.strip_prefix}
                />
                <TextField
                  name="rewrite"
                  label={t('rewrite')}
                  hint={t('rewriteHint')}
                  defaultValue={route?.rewrite ?? ''}
                  className="font-mono"
                />
                <TextField
                  name="scopes"
                  label={t('routeScopes')}
                  hint={t('routeScopesHint')}
                  defaultValue={route?.scopes.join(', ')}
                />
                <TextField
                  name="cors"
                  label={t('cors')}
                  hint={t('corsHint')}
                  defaultValue={route?.cors.join(', ')}
                />
                <div className="grid gap-4 sm:grid-cols-2">
                  <TextField name="host" label={t('host')} defaultValue={route?.host ?? ''} />
                  <TextField
                    name="priority"
                    label={t('priority')}
                    inputMode="numeric"
                    defaultValue={route?.priority ?? 0}
                  />
                  <TextField
                    name="timeout_ms"
                    label={t('timeoutMs')}
                    inputMode="numeric"
                    defaultValue={route?.timeout_ms ?? ''}
                  />
                  <TextField
                    name="max_body_bytes"
                    label={t('maxBody')}
                    inputMode="numeric"
                    defaultValue={route?.max_body_bytes ?? ''}
                  />
                  <TextField
                    name="credit_cost"
                    label={t('creditCost')}
                    inputMode="numeric"
                    defaultValue={route?.credit_cost ?? 1}
                  />
                </div>
              </div>
            </details>
            <Button className="justify-self-start">{common('save')}</Button>
          </Form>
        </Card>
        {route && (
          <Form method="post" action="?form=delete">
            <Button look="danger">{t('deleteConfirm', { name: route.name })}</Button>
          </Form>
        )}
      </div>
    </>
  )
}
