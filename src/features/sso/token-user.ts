import { eq } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { AppError } from '../../core/errors.ts'
import { type User, users } from '../accounts/schema.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { getSettings } from '../settings/settings.ts'
import { profileOf } from './claims.ts'
import { isUnreachable } from './failures.ts'
import { admitPerson, type Visit } from './people.ts'
import { getServer } from './provider-server.ts'
import { listProviders, type Provider } from './providers.ts'
import { type Claims, verifyToken } from './tokens.ts'

const dayMs = 86_400_000

/**
 * The user for whom the operator's provider signed a token, made at first sight as by signing in.
 * @throws AppError `invalid_token`, `sso_unavailable`, and what `admitPerson` throws.
 */
export async function getTokenUser(app: App, token: string, visit: Visit): Promise<User> {
  const provider = (await listProviders(app)).find(({ id }) => id === 'sso')
  if (!provider?.issuerUrl) throw invalidToken()
  const claims = await readToken(app, provider, token)
  const profile = profileOf(provider, await getSettings(app), claims.iss!, [claims])
  const user = await admitPerson(app, provider, profile, visit)
  const seenMs = user.lastLoginAt?.getTime() ?? 0
  if (app.now().getTime() - seenMs > dayMs) await noteSignIn(app, user, visit)
  return user
}

async function readToken(app: App, provider: Provider, token: string): Promise<Claims> {
  try {
    return await verifyToken(app, provider, await getServer(app, provider), token)
  } catch (error) {
    if (!isUnreachable(error)) throw invalidToken()
    app.log.warn({ err: error }, 'the keys that tokens are checked by cannot be fetched')
    throw new AppError(
      'unavailable',
      'sso_unavailable',
      '{{provider}} does not answer as it should. Try again in a moment.',
      { params: { provider: provider.name } },
    )
  }
}

function invalidToken(): AppError {
  return new AppError(
    'unauthenticated',
    'invalid_token',
    'This token is not valid here: it has ended, or it is not from the sign-in of this portal.',
  )
}

/** Bearers of tokens open no session; once a day stands for their signing in. */
async function noteSignIn(app: App, user: User, { ip, requestId }: Visit): Promise<void> {
  await inTransaction(app, async (tx) => {
    await tx.db.update(users).set({ lastLoginAt: tx.now() }).where(eq(users.id, user.id))
    const { id: userId, email, name, role, status } = user
    const actor: Actor = {
      ...{ type: 'user', userId, email, name, role, status, sessionId: '', ip, requestId },
      ...{ organizationId: null, memberRole: null },
    }
    await recordUserAudit(tx, actor, userId, 'users.signed_in', { by: 'token' })
  })
}
