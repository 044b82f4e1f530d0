import {
  Gauge,
  Home,
  Layers,
  Mail,
  Route as RouteIcon,
  ScrollText,
  Server,
  Settings,
  Users,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { isAdmin, requireStaff } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { AppLayout, type Section } from '../../../ui/layout.tsx'
import type { Route } from './+types/admin-layout'

export function loader({ context }: Route.LoaderArgs) {
  const { actor } = context.get(pageContext)
  requireStaff(actor)
  return { isAdmin: isAdmin(actor) }
}

/** The frame of the operator's pages. Agents find in it only what is theirs. */
export default function AdminLayout({ loaderData }: Route.ComponentProps) {
  const { t } = useTranslation('admin')
  const forAll: Section[] = [{ to: '/admin', label: t('home'), icon: Home, isExact: true }]
  const forAdmins: Section[] = [
    { to: '/admin/users', label: t('customers'), icon: Users },
    { to: '/admin/plans', label: t('plans'), icon: Layers },
    { to: '/admin/meters', label: t('meters'), icon: Gauge },
    { to: '/admin/upstreams', label: t('upstreams'), icon: Server },
    { to: '/admin/routes', label: t('routes'), icon: RouteIcon },
    { to: '/admin/usage', label: t('usage'), icon: Gauge },
    { to: '/admin/mail', label: t('mail'), icon: Mail },
    { to: '/admin/settings', label: t('settings'), icon: Settings },
    { to: '/admin/audit', label: t('audit'), icon: ScrollText },
  ]
  const sections = loaderData.isAdmin ? [...forAll, ...forAdmins] : forAll
  return (
    <AppLayout sections={sections} signOutTo="/admin/logout" side={t('side')}>
      <Outlet />
    </AppLayout>
  )
}
