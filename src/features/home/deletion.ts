import { and, eq } from 'drizzle-orm'
import { type Actor, requireActiveUser } from '../../core/actor.ts'
import type { App } from '../../core/app.ts'
import { countOthers, listMemberships } from '../accounts/organizations.ts'
import { hasPassword } from '../accounts/passwords.ts'
import { hasJustSignedIn } from '../accounts/profile.ts'
import { isLive } from '../keys/key-limit.ts'
import { apiKeys } from '../keys/schema.ts'
import { countLastHour } from '../usage/last-hour.ts'

/** What goes with the signed-in person's account, and how they would have to confirm that. */
export async function getDeletion(app: App, actor: Actor) {
  const user = requireActiveUser(actor)
  const memberships = await listMemberships(app, user.userId)
  const own = memberships.find(({ role }) => role === 'owner')
  return {
    own: own ? await countOwn(app, own.organizationId, user.userId) : null,
    left: memberships.filter(({ role }) => role !== 'owner').map(({ name }) => name),
    hasPassword: await hasPassword(app, user.userId),
    isFresh: await hasJustSignedIn(app, user),
  }
}

async function countOwn(app: App, organizationId: string, userId: string) {
  const isOwnKey = and(eq(apiKeys.organizationId, organizationId), isLive(app.now()))
  const [keys, requests, others] = await Promise.all([
    app.db.$count(apiKeys, isOwnKey),
    countLastHour(app, organizationId),
    countOthers(app, organizationId, userId),
  ])
  return { keys, requests, others }
}
