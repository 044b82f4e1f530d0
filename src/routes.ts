import { index, layout, type RouteConfig, route } from '@react-router/dev/routes'

/**
 * Every page. Portal pages are written without the portal's base path, which is a setting;
 * admin pages with theirs.
 */
export default [
  route('login', 'features/sessions/pages/portal-login.tsx'),
  route('login/two-factor', 'features/sessions/pages/portal-two-factor.tsx'),
  route('register', 'features/sessions/pages/portal-register.tsx'),
  route('continue', 'features/sessions/pages/portal-continue.tsx'),
  route('logout', 'features/sessions/pages/portal-logout.tsx'),
  route('forgot-password', 'features/sessions/pages/portal-forgot-password.tsx'),
  route('reset-password', 'features/sessions/pages/portal-reset-password.tsx'),
  route('email-change', 'features/accounts/pages/portal-email-change.tsx'),
  route('verify-email', 'features/accounts/pages/portal-verify-email.tsx'),
  route('invitations/:token', 'features/teams/pages/portal-invitation.tsx'),
  route('organizations/switch', 'features/teams/pages/portal-switch.tsx'),
  route('help/errors/:code', 'features/logs/pages/portal-error-help.tsx'),
  layout('features/home/pages/portal-layout.tsx', [
    index('features/home/pages/portal-home.tsx'),
    route('keys', 'features/keys/pages/portal-keys.tsx'),
    route('keys/new', 'features/keys/pages/portal-new-key.tsx'),
    route('keys/:id', 'features/keys/pages/portal-key.tsx'),
    route('usage', 'features/usage/pages/portal-usage.tsx'),
    route('logs', 'features/logs/pages/portal-logs.tsx'),
    route('logs/:id', 'features/logs/pages/portal-log.tsx'),
    route('team', 'features/teams/pages/portal-team.tsx'),
    route('team/members/:id', 'features/teams/pages/portal-member.tsx'),
    route('organizations/new', 'features/teams/pages/portal-new-organization.tsx'),
    layout('features/home/pages/settings-layout.tsx', [
      route('settings', 'features/accounts/pages/portal-settings.tsx'),
      route('settings/security', 'features/sessions/pages/portal-security.tsx'),
      route('settings/activity', 'features/audit/pages/portal-activity.tsx'),
      route('settings/security/two-factor', 'features/sessions/pages/portal-two-factor-setup.tsx'),
      route(
        'settings/security/recovery-codes',
        'features/sessions/pages/portal-recovery-codes.tsx',
      ),
      route('settings/data', 'features/home/pages/portal-your-data.tsx'),
    ]),
  ]),
  route('admin/setup', 'features/sessions/pages/admin-setup.tsx'),
  route('admin/logout', 'features/sessions/pages/admin-logout.tsx'),
  layout('features/home/pages/admin-layout.tsx', [
    route('admin', 'features/home/pages/admin-home.tsx'),
    route('admin/users', 'features/accounts/pages/admin-users.tsx'),
    route('admin/users/new', 'features/accounts/pages/admin-new-user.tsx'),
    route('admin/users/:id', 'features/accounts/pages/admin-user.tsx'),
    route('admin/users/:id/reset-two-factor', 'features/sessions/pages/admin-reset-two-factor.tsx'),
    route('admin/plans', 'features/plans/pages/admin-plans.tsx'),
    route('admin/plans/:id', 'features/plans/pages/admin-plan.tsx'),
    route('admin/upstreams', 'features/upstreams/pages/admin-upstreams.tsx'),
    route('admin/upstreams/:id', 'features/upstreams/pages/admin-upstream.tsx'),
    route('admin/routes', 'features/upstreams/pages/admin-routes.tsx'),
    route('admin/routes/:id', 'features/upstreams/pages/admin-route.tsx'),
    route('admin/mail', 'features/notifications/pages/admin-mails.tsx'),
    route('admin/mail/:id', 'features/notifications/pages/admin-mail.tsx'),
    route('admin/settings', 'features/settings/pages/admin-settings.tsx'),
    route('admin/audit', 'features/audit/pages/admin-audit.tsx'),
    route('admin/audit/:id', 'features/audit/pages/admin-audit-entry.tsx'),
  ]),
  route('*', 'features/home/pages/not-found.tsx'),
] satisfies RouteConfig
