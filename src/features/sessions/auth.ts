import { z } from '@hono/zod-openapi'
import { type BetterAuthPlugin, betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { bearer } from 'better-auth/plugins/bearer'
import type { App } from '../../core/app.ts'
import { type IdPrefix, newId } from '../../core/ids.ts'
import { deriveKey } from '../../core/secret.ts'
import { identities, sessions, users, verifications } from '../accounts/schema.ts'
import { getSettings } from '../settings/settings.ts'

const idPrefixes: Record<string, IdPrefix> = {
  user: 'usr',
  session: 'ses',
  account: 'acc',
  verification: 'vrf',
}

/** Opens a session for a user who has proven who they are, by whatever means. */
const opening = {
  id: 'opening',
  endpoints: {
    openSession: createAuthEndpoint(
      '/open-session',
      {
        method: 'POST',
        body: z.object({ userId: z.string(), isByPasskey: z.boolean() }),
        metadata: { SERVER_ONLY: true },
      },
      async (ctx) => {
        const { internalAdapter } = ctx.context
        const user = await internalAdapter.findUserById(ctx.body.userId)
        if (!user) throw new Error(`there is no user ${ctx.body.userId}`)
        const { isByPasskey } = ctx.body
        const session = await internalAdapter.createSession(user.id, false, { isByPasskey })
        await setSessionCookie(ctx, { session, user })
        return session
      },
    ),
  },
} satisfies BetterAuthPlugin

export type Auth = Awaited<ReturnType<typeof buildAuth>>

/**
 * The sign-in library, set up as the settings say and made anew when they change. Its own HTTP
 * routes are not mounted: our pages and APIs call it, so that one set of rules guards every door.
 */
export function getAuth(app: App): Promise<Auth> {
  return app.once(createAuthCache)()
}

function createAuthCache(app: App): () => Promise<Auth> {
  let cached: Promise<Auth> | undefined
  app.signals.listen((signal) => {
    if (signal.topic === 'settings' || signal.topic === 'everything') cached = undefined
  })
  return () => {
    cached ??= buildAuth(app).catch((error: unknown) => {
      cached = undefined
      throw error
    })
    return cached
  }
}

async function buildAuth(app: App) {
  const settings = await getSettings(app)
  return betterAuth({
    appName: settings.portal_company_name,
    baseURL: app.config.publicUrl,
    secret: deriveKey(app.secret, 'sessions').toString('base64url'),
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: drizzleAdapter(app.db, {
      provider: 'pg',
      schema: { user: users, session: sessions, account: identities, verification: verifications },
    }),
    session: {
      expiresIn: settings.session_duration_hours * 3600,
      updateAge: 3600,
      additionalFields: {
        activeOrganizationId: { type: 'string', required: false, input: false },
        isByPasskey: { type: 'boolean', required: false, input: false },
      },
    },
    plugins: [bearer(), opening],
    // Limits on the doors and the check of origins are ours, the same for pages and APIs.
    rateLimit: { enabled: false },
    advanced: {
      disableCSRFCheck: true,
      disableOriginCheck: true,
      cookiePrefix: 'apigate',
      // Cookies get their attributes at the front door, by how each browser reached us.
      useSecureCookies: false,
      ipAddress: { ipAddressHeaders: ['x-apigate-client-ip'] },
      database: { generateId: ({ model }) => newId(idPrefixes[model] ?? 'acc') },
    },
  })
}
