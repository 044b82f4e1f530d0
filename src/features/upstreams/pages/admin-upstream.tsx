import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { requireAdmin } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import {
  LinesField,
  NullableNumber,
  NullableText,
  OptionalNumber,
  Tick,
} from '../../../core/http/form-fields.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Checkbox, ErrorSummary, Form, Select, TextArea, TextField } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Card, PageHeader } from '../../../ui/page.tsx'
import {
  CreateUpstream,
  createUpstream,
  deleteUpstream,
  getUpstream,
  toUpstreamJson,
  UpdateUpstream,
  updateUpstream,
} from '../upstreams.ts'
import type { Route } from './+types/admin-upstream'

const isNew = (id: string) => id === 'new'

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireAdmin(actor)
  const upstream = isNew(params.id)
    ? null
    : toUpstreamJson(await getUpstream(app, actor, params.id))
  return { upstream, isSaved: new URL(request.url).searchParams.has('saved') }
}

const UpstreamForm = z.object({
  name: z.string().default(''),
  urls: LinesField,
  timeout_ms: OptionalNumber,
  max_concurrency: NullableNumber,
  health_path: NullableText,
  auth_type: z.string().default('keep'),
  auth_header: z.string().optional(),
  auth_secret: z.string().optional(),
  enabled: Tick,
})

/** The credentials stay as they are unless something else is chosen: they are never shown. */
function toInput({ auth_type, auth_header, auth_secret, ...rest }: z.output<typeof UpstreamForm>) {
  if (auth_type === 'keep') return rest
  if (auth_type === 'none') return { ...rest, auth: { type: auth_type } }
  const header = auth_type === 'header' ? { header: auth_header ?? '' } : {}
  return { ...rest, auth: { type: auth_type, ...header, secret: auth_secret ?? '' } }
}

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  if (new URL(request.url).searchParams.get('form') === 'delete') {
    const answer = await submit(z.object({}), request, () => deleteUpstream(app, actor, params.id))
    return 'result' in answer ? redirect('/admin/upstreams') : answer
  }
  const answer = await submit(UpstreamForm, request, (form) =>
    isNew(params.id)
      ? createUpstream(app, actor, checked(CreateUpstream, toInput(form)))
      : updateUpstream(app, actor, params.id, checked(UpdateUpstream, toInput(form))),
  )
  return 'result' in answer ? redirect(`/admin/upstreams/${answer.result.id}?saved`) : answer
}

export default function AdminUpstream({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const { upstream, isSaved } = loaderData
  const title = upstream?.name ?? t('addUpstream')
  const kinds = ['none', 'bearer', 'header', 'basic'] as const
  return (
    <>
      <title>{title}</title>
      <PageHeader title={title} back={{ to: '/admin/upstreams', label: t('upstreams') }} />
      <div className="grid max-w-2xl gap-8">
        {isSaved && <Notice tone="ok">{common('saved')}</Notice>}
        <Card>
          <Form method="post" state={refusedOf(actionData)} className="grid gap-4">
            <ErrorSummary />
            <TextField name="name" label={t('name')} defaultValue={upstream?.name} />
            <TextArea
              name="urls"
              rows={2}
              label={t('addresses')}
              hint={t('addressesHint')}
              defaultValue={upstream?.urls.join('\n')}
            />
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField
                name="timeout_ms"
                label={t('timeoutMs')}
                inputMode="numeric"
                defaultValue={upstream?.timeout_ms ?? 30_000}
              />
              <TextField
                name="max_concurrency"
                label={t('maxConcurrency')}
                hint={t('emptyUnlimited')}
                inputMode="numeric"
                defaultValue={upstream?.max_concurrency ?? ''}
              />
            </div>
            <Select
              name="auth_type"
              label={t('credentials')}
              hint={t('credentialsHint')}
              defaultValue={upstream ? 'keep' : 'none'}
              options={[
                ...(upstream
                  ? [
                      {
                        value: 'keep',
                        label: t('keep', { kind: t(`auth.${upstream.auth.type as 'none'}`) }),
                      },
                    ]
                  : []),
                ...kinds.map((value) => ({ value, label: t(`auth.${value}`) })),
              ]}
            />
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField
                name="auth_header"
                label={t('headerName')}
                hint={t('headerNameHint')}
                autoComplete="off"
              />
              <TextField
                name="auth_secret"
                type="password"
                label={t('secret')}
                hint={t('secretHint')}
                autoComplete="off"
              />
            </div>
            <TextField
              name="health_path"
              label={t('healthPath')}
              defaultValue={upstream?.health_path ?? ''}
            />
            <Checkbox
              name="enabled"
              label={t('enabled')}
              defaultChecked={upstream?.enabled ?? true}
            />
            <Button className="justify-self-start">{common('save')}</Button>
          </Form>
        </Card>
        {upstream && (
          <Form method="post" action="?form=delete">
            <Button look="danger">{t('deleteConfirm', { name: upstream.name })}</Button>
          </Form>
        )}
      </div>
    </>
  )
}
