import { useTranslation } from 'react-i18next'
import { Link, redirect } from 'react-router'
import { z } from 'zod'
import { roles } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { validationError } from '../../../core/http/router.ts'
import { refusedOf, submit } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form, Select, TextArea, TextField } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge, Notice } from '../../../ui/notice.tsx'
import { Card, DescriptionList, PageHeader } from '../../../ui/page.tsx'
import { listPlans } from '../../plans/plans.ts'
import { findOwnOrganization, listMemberships } from '../organizations.ts'
import { deleteUser } from '../remove-user.ts'
import { toUserJson } from '../user-json.ts'
import {
  activateUser,
  getUser,
  setUserPassword,
  suspendUser,
  UpdateUser,
  updateUser,
} from '../users.ts'
import type { Route } from './+types/admin-user'
import { userTones } from './admin-users.tsx'

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const user = toUserJson(await getUser(app, actor, params.id))
  const own = await findOwnOrganization(app, user.id)
  const memberships = await listMemberships(app, user.id)
  const plans = (await listPlans(app)).map(({ id, name }) => ({ value: id, label: name }))
  return { user, own, memberships, plans, isSaved: new URL(request.url).searchParams.has('saved') }
}

const UserForm = z.object({
  name: z.string().default(''),
  email: z.string().default(''),
  plan_id: z.string().optional(),
  role: z.enum(roles),
  metadata: z
    .string()
    .default('{}')
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue('This is not JSON')
        return z.NEVER
      }
    }),
})
const PasswordForm = z.object({ password: z.string().default('') })

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const saved = redirect(`/admin/users/${params.id}?saved`)
  switch (new URL(request.url).searchParams.get('form')) {
    case 'suspend':
      await suspendUser(app, actor, params.id)
      return saved
    case 'activate':
      await activateUser(app, actor, params.id)
      return saved
    case 'delete':
      await deleteUser(app, actor, params.id)
      return redirect('/admin/users?deleted')
    case 'password': {
      const answer = await submit(PasswordForm, request, ({ password }) =>
        setUserPassword(app, actor, params.id, password),
      )
      return 'result' in answer ? saved : answer
    }
    default: {
      const answer = await submit(UserForm, request, async (form) => {
        const parsed = UpdateUser.safeParse(form)
        if (!parsed.success) throw validationError(parsed.error)
        await updateUser(app, actor, params.id, parsed.data)
      })
      return 'result' in answer ? saved : answer
    }
  }
}

export default function AdminUser({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const { t: factors } = useTranslation('factors')
  const { t: team } = useTranslation('team')
  const format = useFormat()
  const { user, own, memberships, plans, isSaved } = loaderData
  const refused = refusedOf(actionData)
  const isAboutPassword = refused?.errors.some((error) => error.path === 'password')
  const isSuspended = user.status === 'suspended'
  return (
    <>
      <title>{user.email}</title>
      <PageHeader
        title={user.email}
        description={user.name}
        back={{ to: '/admin/users', label: t('customers') }}
      />
      <div className="grid max-w-2xl gap-8">
        {isSaved && <Notice tone="ok">{common('saved')}</Notice>}
        <Card>
          <DescriptionList
            rows={[
              [
                t('state'),
                <Badge key="state" tone={userTones[user.status]}>
                  {t(`status.${user.status}`)}
                </Badge>,
              ],
              [
                t('id'),
                <code key="id" className="font-mono text-[13px]">
                  {user.id}
                </code>,
              ],
              [
                t('organizations'),
                <ul key="organizations" className="grid gap-1">
                  {memberships.length === 0 && <li>–</li>}
                  {memberships.map(({ organizationId, name, role }) => (
                    <li key={organizationId} className="flex flex-wrap items-center gap-x-2">
                      {name} <Badge>{team(`roles.${role}`)}</Badge>
                      <code className="break-all font-mono text-n11 text-xs">{organizationId}</code>
                    </li>
                  ))}
                </ul>,
              ],
              [t('created'), format.dateTime(user.created_at)],
              [
                t('lastLogin'),
                user.last_login_at ? format.dateTime(user.last_login_at) : common('never'),
              ],
              [
                factors('twoFactor'),
                <span key="factor" className="flex flex-wrap items-center gap-x-3">
                  {user.two_factor_enabled ? factors('on') : factors('off')}
                  <Link to={`/admin/users/${user.id}/reset-two-factor`} className="link">
                    {factors('reset')}
                  </Link>
                </span>,
              ],
            ]}
          />
        </Card>
        <Card title={t('edit')}>
          <Form method="post" state={isAboutPassword ? undefined : refused} className="grid gap-4">
            <ErrorSummary />
            <TextField name="name" label={t('name')} defaultValue={user.name} />
            <TextField name="email" type="email" label={t('email')} defaultValue={user.email} />
            {own && (
              <Select
                name="plan_id"
                label={t('plan')}
                hint={t('planOf', { organization: own.name })}
                defaultValue={user.plan_id ?? ''}
                options={[...(user.plan_id ? [] : [{ value: '', label: '–' }]), ...plans]}
              />
            )}
            <Select
              name="role"
              label={t('roleLabel')}
              defaultValue={user.role}
              options={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
            />
            <TextArea
              name="metadata"
              label={t('metadata')}
              hint={t('metadataHint')}
              defaultValue={JSON.stringify(user.metadata, null, 2)}
              className="font-mono text-[13px]"
            />
            <Button className="justify-self-start">{common('save')}</Button>
          </Form>
        </Card>
        <Card title={t('setPassword')}>
          <Form
            method="post"
            action="?form=password"
            state={isAboutPassword ? refused : undefined}
            className="grid gap-4"
          >
            <ErrorSummary />
            <TextField
              name="password"
              type="password"
              label={t('password')}
              hint={t('setPasswordHint')}
              autoComplete="new-password"
            />
            <Button look="secondary" className="justify-self-start">
              {t('setPassword')}
            </Button>
          </Form>
        </Card>
        <Card title={isSuspended ? t('activate') : t('suspend')}>
          <p className="mb-4 text-n11">{isSuspended ? t('activateText') : t('suspendText')}</p>
          <Form method="post" action={isSuspended ? '?form=activate' : '?form=suspend'}>
            <Button look={isSuspended ? 'secondary' : 'danger'}>
              {isSuspended ? t('activate') : t('suspend')}
            </Button>
          </Form>
        </Card>
        <Card title={t('delete')}>
          <p className="mb-4 text-n11">
            {own ? t('deleteOwnerText', { organization: own.name }) : t('deleteMemberText')}{' '}
            {own && own.others > 0 && t('deleteOthersText', { count: own.others })}
          </p>
          <Disclosure summary={t('delete')}>
            <Form method="post" action="?form=delete">
              <Button look="danger">{t('deleteConfirm', { name: user.email })}</Button>
            </Form>
          </Disclosure>
        </Card>
      </div>
    </>
  )
}
