import type { Resources } from './en.ts'
import accounts from './fr/accounts.json'
import admin from './fr/admin.json'
import audit from './fr/audit.json'
import common from './fr/common.json'
import customers from './fr/customers.json'
import errors from './fr/errors.json'
import factors from './fr/factors.json'
import home from './fr/home.json'
import insights from './fr/insights.json'
import keys from './fr/keys.json'
import meters from './fr/meters.json'
import notices from './fr/notices.json'
import sentences from './fr/sentences.json'
import settings from './fr/settings.json'
import setup from './fr/setup.json'
import team from './fr/team.json'
import usage from './fr/usage.json'
import webhooks from './fr/webhooks.json'
import { withFrenchSpaces } from './french-spaces.ts'

/** All texts of the language, by feature. */
export const resources: Resources & { sentences: Record<string, string> } = withFrenchSpaces({
  accounts,
  admin,
  audit,
  common,
  customers,
  errors,
  factors,
  home,
  insights,
  keys,
  notices,
  meters,
  settings,
  setup,
  team,
  usage,
  webhooks,
  /** What rules say, by the English sentence. */
  sentences,
})
