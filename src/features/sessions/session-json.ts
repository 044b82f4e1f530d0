import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ApiEnv } from '../../core/http/router.ts'
import { toUserJson, UserJson } from '../accounts/user-json.ts'
import { getUser } from '../accounts/users.ts'
import type { Caller, SignedIn } from './sign-in.ts'

export const SessionJson = z
  .object({ token: z.string(), expires_at: z.string(), user: UserJson })
  .openapi('Session')

/** Where a call to an API comes from, for the session that it may open. */
export function callerOf(c: Context<ApiEnv>): Caller {
  const { ip, requestId } = c.var
  return { ip, requestId, userAgent: c.req.header('user-agent') ?? null }
}

/** The answer to a call that opened a session, with its cookie beside it. */
export async function toSessionJson(c: Context<ApiEnv>, session: SignedIn) {
  for (const cookie of session.cookies) c.header('set-cookie', cookie, { append: true })
  const user = await getUser(c.var.app, { type: 'system' }, session.user.id)
  return {
    token: session.token,
    expires_at: session.expiresAt.toISOString(),
    user: toUserJson(user),
  }
}
