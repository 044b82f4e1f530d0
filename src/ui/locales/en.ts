import accounts from './en/accounts.json'
import admin from './en/admin.json'
import audit from './en/audit.json'
import common from './en/common.json'
import customers from './en/customers.json'
import errors from './en/errors.json'
import factors from './en/factors.json'
import home from './en/home.json'
import insights from './en/insights.json'
import keys from './en/keys.json'
import meters from './en/meters.json'
import notices from './en/notices.json'
import settings from './en/settings.json'
import setup from './en/setup.json'
import team from './en/team.json'
import usage from './en/usage.json'
import webhooks from './en/webhooks.json'

/** All texts of the language, by feature. */
export const resources = {
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
}

export type Resources = typeof resources
