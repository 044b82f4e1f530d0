import { createMiddleware } from 'hono/factory'
import { AppError } from '../../core/errors.ts'
import type { ApiEnv } from '../../core/http/router.ts'
import { getSettings, type SettingKey } from '../../features/settings/settings.ts'

/** Settings that take a part of the portal away, and the paths of that part in every API and page. */
const switches: { setting: SettingKey; paths: RegExp }[] = [
  {
    // Signing in stays: it is the operator's way in, too. So does the way to stop mails.
    setting: 'portal_enabled',
    paths:
      /^\/(portal(?!\/(login(\/two-factor)?|logout|unsubscribe)$)|api\/portal(?!\/auth\/(login|two-factor|passkey\/(options|verify)|logout|session)$)|api\/v1\/customer|api\/dev)(\/|$)/,
  },
  {
    setting: 'portal_show_usage',
    paths:
      /^\/(portal\/(usage|logs)|api\/portal\/(usage|logs|keys\/[^/]+\/stats)|api\/v1\/customer\/usage-stats|api\/dev\/(usage|logs|overview|api-keys\/[^/]+\/stats))(\/|$)/,
  },
]

/** What the operator switched off is not there: neither the page nor the API behind it. */
export const portalSwitches = createMiddleware<ApiEnv>(async (c, next) => {
  const settings = await getSettings(c.var.app)
  const base = settings.portal_base_path
  // As the pages' router sees it: whatever the case, and with the page's data at its name and `.data`.
  const asked = c.req.path.toLowerCase().replace(/(\/_root)?\.data$/, '')
  const path =
    asked === base || asked.startsWith(`${base}/`) ? `/portal${asked.slice(base.length)}` : asked
  for (const { setting, paths } of switches) {
    if (settings[setting] === false && paths.test(path)) {
      throw new AppError('not_found', 'not_found', 'There is nothing here.')
    }
  }
  await next()
})
