import { z } from '@hono/zod-openapi'
import { and, desc, eq } from 'drizzle-orm'
import { type Actor, requireActiveUser, requireSelf } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { notFound } from '../../core/errors.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { findUser } from '../accounts/user-rows.ts'
import { type Passkey, passkeys } from './schema.ts'

export const PasskeyName = z.string().trim().min(1, 'Give the passkey a name').max(80)
export const RenamePasskey = z.strictObject({ name: PasskeyName })

export const PasskeyJson = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Whether the device's maker keeps a copy for the person's other devices. */
    synced: z.boolean(),
    created_at: z.string(),
    last_used_at: z.string().nullable(),
  })
  .openapi('Passkey')
export type PasskeyJson = z.infer<typeof PasskeyJson>

export const toPasskeyJson = (passkey: Passkey): PasskeyJson => ({
  id: passkey.id,
  name: passkey.name,
  synced: passkey.isSynced,
  created_at: passkey.createdAt.toISOString(),
  last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
})

/** The user's passkeys, newest first. */
export function listPasskeys(app: App, actor: Actor): Promise<Passkey[]> {
  const { userId } = requireActiveUser(actor)
  return app.db
    .select()
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(desc(passkeys.createdAt), desc(passkeys.id))
}

/** How many passkeys a user has. */
export function countPasskeys(app: App, userId: string): Promise<number> {
  return app.db.$count(passkeys, eq(passkeys.userId, userId))
}

/** Another's is not found. */
export async function renamePasskey(
  app: App,
  actor: Actor,
  id: string,
  name: string,
): Promise<Passkey> {
  const { userId } = requireSelf(actor)
  return inTransaction(app, async (tx) => {
    const [passkey] = await tx.db
      .update(passkeys)
      .set({ name })
      .where(and(eq(passkeys.id, id), eq(passkeys.userId, userId)))
      .returning()
    if (!passkey) throw notFound('passkey')
    await recordUserAudit(tx, actor, userId, 'profile.passkey_renamed', { passkey: name })
    return passkey
  })
}

/** Ends a passkey. Sessions that it opened go on. Another's is not found. */
export async function removePasskey(app: App, actor: Actor, id: string): Promise<void> {
  const { userId } = requireSelf(actor)
  await inTransaction(app, async (tx) => {
    const [removed] = await tx.db
      .delete(passkeys)
      .where(and(eq(passkeys.id, id), eq(passkeys.userId, userId)))
      .returning()
    if (!removed) throw notFound('passkey')
    const user = (await findUser(tx, userId))!
    const params = { passkey: removed.name }
    await mailUser(tx, user, 'passkeyRemoved', { path: '/settings/security#passkeys', params })
    const changes = { passkey: removed.name }
    await recordUserAudit(tx, actor, userId, 'profile.passkey_removed', changes)
  })
}
