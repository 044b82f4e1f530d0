import { useTranslation } from 'react-i18next'
import { redirectDocument } from 'react-router'
import { z } from 'zod'
import { can, memberRoles, requireOrganization, requireUser } from '../../../core/actor.ts'
import { checked } from '../../../core/http/checked.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { PageQuery } from '../../../core/http/pagination.ts'
import { refusedOf } from '../../../core/http/refused.ts'
import { formOf, submitOneOf } from '../../../core/http/submit.ts'
import { Notice } from '../../../ui/notice.tsx'
import { PageHeader } from '../../../ui/page.tsx'
import { getSetting } from '../../settings/settings.ts'
import {
  inviteMember,
  listInvitations,
  resendInvitation,
  revokeInvitation,
} from '../invitations.ts'
import { listMembers, removeMember } from '../members.ts'
import { deleteOrganization, listOrganizations, renameOrganization } from '../organizations.ts'
import { DeleteOrganization, Invite, NameOrganization } from '../team-input.ts'
import type { Route } from './+types/portal-team'
import { InvitationsCard, InviteCard } from './invitations-card.tsx'
import { MemberTable } from './member-table.tsx'
import {
  DeleteCard,
  LeaveCard,
  OrganizationCard,
  OwnOrganizationCard,
} from './organization-cards.tsx'
import { RoleGuide } from './role-guide.tsx'

const notices = ['invited', 'revoked', 'renamed', 'removed', 'role', 'handed', 'joined'] as const

export async function loader({ context, request }: Route.LoaderArgs) {
  const { app, actor, branding } = context.get(pageContext)
  requireOrganization(actor, 'members:read')
  const { userId, memberRole } = requireUser(actor)
  const search = new URL(request.url).searchParams
  const cursor = search.get('cursor') ?? undefined
  const page = await listMembers(app, actor, checked(PageQuery, { limit: 100, cursor }))
  const rankOf = (role: (typeof memberRoles)[number]) => memberRoles.indexOf(role)
  const members = page.data.toSorted((a, b) => rankOf(a.role) - rankOf(b.role))
  const organizations = await listOrganizations(app, actor)
  const isOff = (await getSetting(app, 'team_invitations_per_day')) === 0
  return {
    ...{ members, nextCursor: page.next_cursor, userId, memberRole, now: app.now().getTime() },
    organization: organizations.find(({ is_active }) => is_active)!.name,
    invitations: (await listInvitations(app, actor, { limit: 100 })).data,
    isManager: can(actor, 'members:write'),
    isOff,
    mayOwn: branding.registrationEnabled && organizations.every(({ role }) => role !== 'owner'),
    done: notices.find((name) => name === search.get('done')),
  } as const
}

const OneOf = z.object({ id: z.string() })
const Nothing = z.object({})

export async function action({ context, request }: Route.ActionArgs) {
  const { app, actor } = context.get(pageContext)
  const { userId } = requireUser(actor)
  const away = () => redirectDocument('/')
  const at = (done: (typeof notices)[number]) => `/team?done=${done}`
  return submitOneOf(request, {
    invite: formOf(Invite, (input) => inviteMember(app, actor, input), at('invited')),
    resend: formOf(OneOf, ({ id }) => resendInvitation(app, actor, id), at('invited')),
    revoke: formOf(OneOf, ({ id }) => revokeInvitation(app, actor, id), at('revoked')),
    rename: formOf(
      NameOrganization,
      (input) => renameOrganization(app, actor, input),
      at('renamed'),
    ),
    leave: formOf(Nothing, () => removeMember(app, actor, userId), away),
    delete: formOf(
      DeleteOrganization,
      ({ password }) => deleteOrganization(app, actor, password),
      away,
    ),
  })
}

export default function Team({ loaderData, actionData }: Route.ComponentProps) {
  const { t } = useTranslation('team')
  const { organization, members, invitations, isManager, isOff, done, now } = loaderData
  return (
    <>
      <title>{t('title')}</title>
      <PageHeader title={t('title')} description={t('about', { organization })} />
      <div className="grid gap-8">
        {done && <Notice tone="ok">{t(`done.${done}`)}</Notice>}
        <MemberTable
          members={members}
          nextCursor={loaderData.nextCursor}
          userId={loaderData.userId}
          isManager={isManager}
          now={now}
        />
        {isManager && <InviteCard isOff={isOff} state={refusedOf(actionData, 'invite')} />}
        {invitations.length > 0 && (
          <InvitationsCard
            invitations={invitations}
            isManager={isManager}
            state={refusedOf(actionData, 'resend') ?? refusedOf(actionData, 'revoke')}
            now={now}
          />
        )}
        <RoleGuide ownRole={loaderData.memberRole} />
        <div className="grid max-w-2xl gap-8">
          {isManager && (
            <OrganizationCard name={organization} state={refusedOf(actionData, 'rename')} />
          )}
          {isManager ? (
            <DeleteCard
              organization={organization}
              hasOthers={members.length > 1}
              state={refusedOf(actionData, 'delete')}
            />
          ) : (
            <LeaveCard organization={organization} />
          )}
          {loaderData.mayOwn && <OwnOrganizationCard />}
        </div>
      </div>
    </>
  )
}
