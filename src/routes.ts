import { index, layout, type RouteConfig, route } from '@react-router/dev/routes'

/**
 * Every page. Portal pages are written without the portal's base path, which is a setting;
 * admin pages with theirs.
 */
export default [
  route('login', 'features/accounts/pages/portal-login.tsx'),
  route('register', 'features/accounts/pages/portal-register.tsx'),
  route('logout', 'features/accounts/pages/portal-logout.tsx'),
  route('help/errors/:code', 'features/usage/pages/portal-error-help.tsx'),
  layout('features/home/pages/portal-layout.tsx', [
    index('features/home/pages/portal-home.tsx'),
    route('keys', 'features/keys/pages/portal-keys.tsx'),
    route('keys/new', 'features/keys/pages/portal-new-key.tsx'),
    route('keys/:id', 'features/keys/pages/portal-key.tsx'),
    route('usage', 'features/usage/pages/portal-usage.tsx'),
    route('logs', 'features/usage/pages/portal-logs.tsx'),
    route('logs/:id', 'features/usage/pages/portal-log.tsx'),
    route('settings', 'features/accounts/pages/portal-settings.tsx'),
  ]),
  route('*', 'features/home/pages/not-found.tsx'),
] satisfies RouteConfig
