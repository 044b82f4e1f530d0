import { Activity, Gauge, Home, KeyRound, Settings, Users, Webhook } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, Outlet } from 'react-router'
import { can, requireUser } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { Form } from '../../../ui/form.tsx'
import { AppLayout, CenteredCard, type Section } from '../../../ui/layout.tsx'
import { useLive } from '../../../ui/live.ts'
import { Notice } from '../../../ui/notice.tsx'
import { useReadSoon } from '../../../ui/read-soon.ts'
import { useShell } from '../../../ui/shell.ts'
import { countUnread } from '../../notifications/notes.ts'
import { listOrganizations } from '../../teams/organizations.ts'
import type { Route } from './+types/portal-layout'

export async function loader({ context }: Route.LoaderArgs) {
  const { app, actor } = context.get(pageContext)
  const user = requireUser(actor)
  return {
    userId: user.userId,
    isSuspended: user.status === 'suspended',
    lacksTwoFactor: user.lacksTwoFactor,
    seesKeys: can(actor, 'keys:read'),
    seesUsage: can(actor, 'usage:read'),
    seesLogs: can(actor, 'logs:read'),
    seesWebhooks: can(actor, 'webhooks:read'),
    seesTeam: can(actor, 'members:read'),
    organizations: await listOrganizations(app, actor),
    seesNews: can(actor, 'organization:read'),
    unread: await countUnread(app, actor),
  }
}

/** The frame of the portal. A suspended customer sees only that it is so. */
export default function PortalLayout({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('home')
  const { t: team } = useTranslation('team')
  const { t: notices } = useTranslation('notices')
  const { t: webhooks } = useTranslation('webhooks')
  const { branding } = useShell()
  const readSoon = useReadSoon()
  // What came before the page did is counted in it.
  useLive(loaderData.seesNews ? `user:${loaderData.userId}` : null, (why) => {
    if (why !== 'subscribed') readSoon()
  })
  if (loaderData.isSuspended) return <Suspended />
  const all: (Section & { isShown: boolean })[] = [
    { to: '/', label: t('overview'), icon: Home, isExact: true, isShown: true },
    { to: '/keys', label: t('keys'), icon: KeyRound, isShown: loaderData.seesKeys },
    {
      to: '/usage',
      label: t('usage'),
      icon: Gauge,
      isShown: branding.showUsage && loaderData.seesUsage,
    },
    {
      to: '/logs',
      label: t('logs'),
      icon: Activity,
      isShown: branding.showUsage && loaderData.seesLogs,
    },
    {
      to: '/webhooks',
      label: webhooks('title'),
      icon: Webhook,
      isShown: loaderData.seesWebhooks,
    },
    { to: '/team', label: t('team'), icon: Users, isShown: loaderData.seesTeam },
    { to: '/settings', label: t('settings'), icon: Settings, isShown: true },
  ]
  const organizations = loaderData.organizations.map(({ id, name, role, is_active }) => ({
    ...{ id, name, role: team(`roles.${role}`), isActive: is_active },
  }))
  const { unread } = loaderData
  const label = unread > 0 ? notices('bellCount', { count: unread }) : notices('bell')
  const switcher = { organizations, action: '/organizations/switch' }
  return (
    <AppLayout
      sections={all.filter((section) => section.isShown)}
      signOutTo="/logout"
      news={loaderData.seesNews ? { to: '/notifications', unread, label } : undefined}
      switcher={organizations.length > 1 ? switcher : undefined}
    >
      {loaderData.lacksTwoFactor && <TwoFactorRequired />}
      <Outlet />
    </AppLayout>
  )
}

/** What a member must do before the organization opens. */
function TwoFactorRequired() {
  const { t } = useTranslation('factors')
  return (
    <div className="mb-6">
      <Notice tone="warn" title={t('requiredTitle')}>
        {t('requiredText')}{' '}
        <Link to="/settings/security/two-factor" className="link">
          {t('setUp')}
        </Link>
      </Notice>
    </div>
  )
}

function Suspended() {
  const { t } = useTranslation('accounts')
  const { t: common } = useTranslation()
  return (
    <CenteredCard title={t('suspended')}>
      <title>{t('suspended')}</title>
      <p className="text-n11">{t('suspendedText')}</p>
      <Form method="post" action="/logout" reloadDocument isPersonal className="mt-5">
        <button type="submit" className="link">
          {common('signOut')}
        </button>
      </Form>
    </CenteredCard>
  )
}
