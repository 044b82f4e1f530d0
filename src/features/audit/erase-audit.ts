import { and, eq, inArray, isNotNull, ne, or, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { recordAudit } from './audit.ts'
import { auditLog } from './schema.ts'

/** A person who is being deleted, with the organizations that go too. */
export type Erased = { userId: string; email: string; organizationIds: string[] }

export const erasure = 'audit.personal_data_erased'

/**
 * Takes out of the audit log what is personal about somebody: address and e-mail where they acted,
 * the changes where they or their organizations were acted upon. The rows stay in their chain, and a
 * new one tells how many parts went, so that no others can be blanked unseen.
 */
export async function eraseFromAudit(tx: App, person: Erased): Promise<void> {
  const addresses = await listAddresses(tx, person)
  const isAbout = and(eq(auditLog.targetType, 'user'), eq(auditLog.targetId, person.userId))
  const acted = await tx.db
    .update(auditLog)
    .set({ actorEmail: null, ip: null, actorSalt: null })
    .where(
      and(
        isNotNull(auditLog.actorSalt),
        or(
          eq(auditLog.actorId, person.userId),
          // Registering, or a password reset by mail: they were not signed in.
          and(isAbout, eq(auditLog.actorType, 'anonymous')),
        ),
      ),
    )
  const changed = await tx.db
    .update(auditLog)
    .set({ changes: {}, changesSalt: null })
    .where(
      and(
        isNotNull(auditLog.changesSalt),
        ne(auditLog.action, erasure),
        or(
          isAbout,
          inArray(auditLog.organizationId, person.organizationIds),
          and(
            sql`${auditLog.changes} ? 'email'`,
            inArray(sql`lower(${auditLog.changes} ->> 'email')`, addresses),
          ),
        ),
      ),
    )
  await recordAudit(
    tx,
    { type: 'system' },
    {
      action: erasure,
      target: { type: 'user', id: person.userId },
      changes: { parts: (acted.rowCount ?? 0) + (changed.rowCount ?? 0) },
    },
  )
}

/** The person's address, and those that they had before. */
async function listAddresses(tx: App, { userId, email }: Erased): Promise<string[]> {
  const rows = await tx.db
    .selectDistinct({ email: auditLog.actorEmail })
    .from(auditLog)
    .where(eq(auditLog.actorId, userId))
  const all = [email, ...rows.flatMap((row) => row.email ?? [])]
  return [...new Set(all.map((address) => address.toLowerCase()))]
}
