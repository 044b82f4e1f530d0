import { createMiddleware } from 'hono/factory'
import {
  requireActiveUser,
  requireAdmin,
  requireConfirmedUser,
  requireSecondFactor,
  requireUser,
} from '../../core/actor.ts'
import type { ApiEnv } from '../../core/http/router.ts'
import { isPage } from '../is-page.ts'

/** The customers' APIs. */
const families = /^\/api\/(portal|v1\/customer|dev)(\/|$)/

/** What needs no sign-in: the ways to one, and a live connection, which may come with a token. */
const openToAll = /^\/api\/portal\/(auth\/.+|invitations\/[^/]+\/register|live)$/

const operatorSide = /^\/admin(\/|$)/

/** What is open to a person whose address is not confirmed: signing in, settings, an invitation that proves it. */
const openToPending =
  /^\/api\/portal\/(auth|profile|sessions)(\/|$)|^\/api\/portal\/invitations\/[^/]+\/accept$/

/** What is open to a suspended person: to see that it is so, and to sign out. */
const openToSuspended = /^\/api\/portal\/auth(\/|$)/

/** What is the person's own: open without the second factor that an organization requires. */
const openWithOneFactor =
  /^\/api\/portal\/(auth|profile|sessions|organizations)(\/|$)|^\/api\/portal\/invitations\/[^/]+\/accept$/

/**
 * Closes the APIs to strangers, the operator's to customers, and the customers' to accounts that are
 * not active and to members who lack the second factor that their organization requires, whatever is
 * added to them. The rules themselves ask for it, too, for pages have no other door; this one answers
 * before a body is read, so that nobody learns of a field who may not write it.
 */
export const standing = createMiddleware<ApiEnv>(async (c, next) => {
  const { actor } = c.var
  const { path } = c.req
  if (operatorSide.test(path) && !isPage(c)) requireAdmin(actor)
  if (families.test(path)) {
    if (!openToAll.test(path)) requireUser(actor)
    if (actor.type === 'user') {
      if (!openToSuspended.test(path)) requireActiveUser(actor)
      if (!openToPending.test(path)) requireConfirmedUser(actor)
      if (!openWithOneFactor.test(path)) requireSecondFactor(actor)
    }
  }
  await next()
})
