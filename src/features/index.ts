import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Command } from '../core/cli.ts'
import type { ApiEnv } from '../core/http/router.ts'
import { idempotencyJobs } from '../core/idempotency/idempotency.ts'
import type { Job } from '../core/jobs/jobs.ts'
import { type LiveKind, liveJobs } from '../core/live/live.ts'
import { accountsApi } from './accounts/api.ts'
import { usersCommands } from './accounts/commands.ts'
import { accountsJobs } from './accounts/jobs.ts'
import { userFilesApi } from './accounts/user-files-api.ts'
import { userNotesApi } from './accounts/user-notes-api.ts'
import { usersApi } from './accounts/users-api.ts'
import { auditApi } from './audit/api.ts'
import { auditCommands } from './audit/commands.ts'
import { homeApi } from './home/api.ts'
import { insightsApi } from './insights/api.ts'
import { insightsCommands } from './insights/commands.ts'
import { insightsJobs } from './insights/jobs.ts'
import { keysApi } from './keys/api.ts'
import { keysCommands } from './keys/commands.ts'
import { keysJobs } from './keys/jobs.ts'
import { logsApi } from './logs/api.ts'
import { logsJobs } from './logs/jobs.ts'
import { logsLive } from './logs/live-logs.ts'
import { metersApi } from './meters/api.ts'
import { metersCommands } from './meters/commands.ts'
import { eventsApi } from './meters/events-api.ts'
import { metersJobs } from './meters/jobs.ts'
import { alertsApi } from './notifications/alerts-api.ts'
import { notificationsApi } from './notifications/api.ts'
import { notificationsJobs } from './notifications/jobs.ts'
import { notesApi } from './notifications/notes-api.ts'
import { unsubscribeApi } from './notifications/unsubscribe-api.ts'
import { plansApi } from './plans/api.ts'
import { plansCommands } from './plans/commands.ts'
import { sessionsApi } from './sessions/api.ts'
import { sessionsJobs } from './sessions/jobs.ts'
import { liveApi } from './sessions/live-api.ts'
import { userLive } from './sessions/live-user.ts'
import { passkeysApi } from './sessions/passkeys-api.ts'
import { portalSessionsApi } from './sessions/portal-sessions-api.ts'
import { providerApi } from './sessions/provider-api.ts'
import { twoFactorApi } from './sessions/two-factor-api.ts'
import { userSessionsApi } from './sessions/user-sessions-api.ts'
import { settingsApi } from './settings/api.ts'
import { settingsCommands } from './settings/commands.ts'
import { teamsApi } from './teams/api.ts'
import { teamsJobs } from './teams/jobs.ts'
import { upstreamsApi } from './upstreams/api.ts'
import { upstreamsCommands } from './upstreams/commands.ts'
import { usageApi } from './usage/api.ts'
import { usageCommands } from './usage/commands.ts'
import { usageJobs } from './usage/jobs.ts'
import { webhooksApi } from './webhooks/api.ts'
import { webhooksJobs } from './webhooks/jobs.ts'

/** Table of contents for machines: every API, in the order of matching. */
export const apis: OpenAPIHono<ApiEnv>[] = [
  auditApi,
  settingsApi,
  plansApi,
  accountsApi,
  userFilesApi,
  usersApi,
  userNotesApi,
  metersApi,
  eventsApi,
  sessionsApi,
  providerApi,
  userSessionsApi,
  portalSessionsApi,
  teamsApi,
  twoFactorApi,
  passkeysApi,
  liveApi,
  webhooksApi,
  notificationsApi,
  alertsApi,
  notesApi,
  unsubscribeApi,
  upstreamsApi,
  keysApi,
  usageApi,
  logsApi,
  insightsApi,
  homeApi,
]

/** Every reaction to a fact or to the clock. */
export const jobs: Job[] = [
  ...idempotencyJobs,
  ...liveJobs,
  ...accountsJobs,
  ...metersJobs,
  ...sessionsJobs,
  ...teamsJobs,
  ...webhooksJobs,
  ...notificationsJobs,
  ...keysJobs,
  ...usageJobs,
  ...logsJobs,
  ...insightsJobs,
]

/** Every kind of stream that can be followed live. */
export const liveKinds: LiveKind[] = [userLive, logsLive]

/** Every verb of the command line. */
export const commands: Command[] = [
  ...usersCommands,
  ...plansCommands,
  ...upstreamsCommands,
  ...keysCommands,
  ...metersCommands,
  ...settingsCommands,
  ...auditCommands,
  ...usageCommands,
  ...insightsCommands,
]
