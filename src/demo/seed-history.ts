import { eq } from 'drizzle-orm'
import type { App } from '../core/app.ts'
import { organizations, users } from '../features/accounts/schema.ts'
import type { UserWithPlan } from '../features/accounts/users.ts'
import { apiKeys } from '../features/keys/schema.ts'

const dayMs = 86_400_000

/** Days since a person joined, and since they were last seen; null for who signs in first of all now. */
export type Past = { user: UserWithPlan; joined: number; seen: number | null }

/** Makes accounts, their organizations and keys as old as the usage that they are said to have. */
export async function seedHistory(app: App, people: Past[]): Promise<void> {
  const now = app.now().getTime()
  const ago = (days: number) => new Date(now - days * dayMs)
  for (const { user, joined, seen } of people) {
    const createdAt = ago(joined)
    const organizationId = user.organizationId!
    await app.db
      .update(users)
      .set({ createdAt, emailVerifiedAt: createdAt, lastLoginAt: seen === null ? null : ago(seen) })
      .where(eq(users.id, user.id))
    await app.db
      .update(organizations)
      .set({ createdAt })
      .where(eq(organizations.id, organizationId))
    await app.db
      .update(apiKeys)
      .set({ createdAt: ago(joined - 1) })
      .where(eq(apiKeys.organizationId, organizationId))
  }
}
