import { useTranslation } from 'react-i18next'
import { redirect } from 'react-router'
import { z } from 'zod'
import { requireOrganization } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Button } from '../../../ui/button.tsx'
import { Disclosure } from '../../../ui/disclosure.tsx'
import { ErrorSummary, Form, Select } from '../../../ui/form.tsx'
import { useFormat } from '../../../ui/format.ts'
import { Badge } from '../../../ui/notice.tsx'
import { Card, DescriptionList, PageHeader } from '../../../ui/page.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { invitedRoles } from '../invited-roles.ts'
import { changeMember, getMember, removeMember } from '../members.ts'
import { listOrganizations } from '../organizations.ts'
import { ChangeMember } from '../team-input.ts'
import type { Route } from './+types/portal-member'
import { HandOverCard } from './hand-over-card.tsx'

export async function loader({ context, params }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  requireOrganization(actor, 'members:write')
  const member = await getMember(app, actor, params.id)
  if (member.role === 'owner') throw redirect('/team')
  const organizations = await listOrganizations(app, actor)
  const organization = organizations.find(({ is_active }) => is_active)!.name
  return { member, organization, now: app.now().getTime() }
}

const Nothing = z.object({})

export async function action({ context, params, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { password } = ChangeMember.shape
  return submitOneOf(request, {
    role: formOf(
      z.object({ role: z.enum(invitedRoles) }),
      (input) => changeMember(app, actor, params.id, input),
      '/team?done=role',
    ),
    owner: formOf(
      z.object({ password }),
      (input) => changeMember(app, actor, params.id, { role: 'owner', ...input }),
      '/team?done=handed',
    ),
    remove: formOf(Nothing, () => removeMember(app, actor, params.id), '/team?done=removed'),
  })
}

export default function Member({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('team')
  const format = useFormat()
  const { member, organization, now } = loaderData
  const name = member.name || member.email
  return (
    <>
      <title>{name}</title>
      <PageHeader title={name} back={{ to: '/team', label: t('title') }} />
      <div className="grid max-w-2xl gap-8">
        <Card>
          <DescriptionList
            rows={[
              [t('email'), member.email],
              [t('role'), t(`roles.${member.role}`)],
              [
                t('state'),
                <Badge key="state" tone={tones[member.status]}>
                  {t(`status.${member.status}`)}
                </Badge>,
              ],
              [t('since'), format.date(member.joined_at)],
              [t('lastSeen'), <RelativeTime key="seen" value={member.last_seen_at} now={now} />],
            ]}
          />
        </Card>
        <Card title={t('changeRole')}>
          <p className="mb-4 text-n11">{t('changeRoleText')}</p>
          <Form
            method="post"
            action="?form=role"
            state={refusedOf(actionData, 'role')}
            className="grid gap-4"
          >
            <ErrorSummary />
            <Select
              name="role"
              label={t('role')}
              defaultValue={member.role}
              options={invitedRoles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
            />
            <Button className="justify-self-start">{t('changeRole')}</Button>
          </Form>
        </Card>
        <HandOverCard
          name={name}
          organization={organization}
          isActive={member.status === 'active'}
          state={refusedOf(actionData, 'owner')}
        />
        <Card title={t('remove', { name })}>
          <p className="mb-4 text-n11">{t('removeText', { name })}</p>
          <Disclosure summary={t('remove', { name })} isOpen={!!refusedOf(actionData, 'remove')}>
            <Form method="post" action="?form=remove" state={refusedOf(actionData, 'remove')}>
              <ErrorSummary />
              <Button look="danger">{t('removeConfirm', { name })}</Button>
            </Form>
          </Disclosure>
        </Card>
      </div>
    </>
  )
}

const tones = { active: 'ok', pending: 'warn', suspended: 'bad' } as const
