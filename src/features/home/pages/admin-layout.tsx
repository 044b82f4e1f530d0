import {
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
import { requireAdmin } from '../../../core/actor.ts'
import { pageContext } from '../../../core/http/page-context.ts'
import { AppLayout, type Section } from '../../../ui/layout.tsx'
import type { Route } from './+types/admin-layout'

export function loader({ context }: Route.LoaderArgs) {
  requireAdmin(context.get(pageContext).actor)
  return null
}

/** The frame of the operator's pages. */
export default function AdminLayout() {
  const { t } = useTranslation('admin')
  const sections: Section[] = [
    { to: '/admin', label: t('home'), icon: Home, isExact: true },
    { to: '/admin/users', label: t('customers'), icon: Users },
    { to: '/admin/plans', label: t('plans'), icon: Layers },
    { to: '/admin/upstreams', label: t('upstreams'), icon: Server },
    { to: '/admin/routes', label: t('routes'), icon: RouteIcon },
    { to: '/admin/mail', label: t('mail'), icon: Mail },
    { to: '/admin/settings', label: t('settings'), icon: Settings },
    { to: '/admin/audit', label: t('audit'), icon: ScrollText },
  ]
  return (
    <AppLayout sections={sections} signOutTo="/admin/logout" side={t('side')}>
      <Outlet />
    </AppLayout>
  )
}
