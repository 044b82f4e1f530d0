import { eq } from 'drizzle-orm'
import type { MemberRole, UserActor } from '../core/actor.ts'
import type { App } from '../core/app.ts'
import { insertMember } from '../features/accounts/organizations.ts'
import { members, users } from '../features/accounts/schema.ts'
import { insertUser } from '../features/accounts/user-rows.ts'
import type { UserWithPlan } from '../features/accounts/users.ts'
import { inviteMember } from '../features/teams/invitations.ts'

const dayMs = 86_400_000

/** Who works with the demo's customer: the role, and the days since they joined and were last seen. */
const colleagues: [name: string, email: string, role: MemberRole, joined: number, seen: number][] =
  [
    ['Priya Raman', 'priya@harbor.example', 'developer', 41, 0.1],
    ['Tom Hale', 'tom@harbor.example', 'billing', 26, 3],
    ['Sofia Marin', 'sofia@harbor.example', 'viewer', 9, 1],
  ]

/** Gives the demo's customer a team, an invitation that waits, and a place in somebody else's team. */
export async function seedTeam(
  app: App,
  owner: UserWithPlan,
  elsewhere: UserWithPlan,
): Promise<void> {
  const now = app.now().getTime()
  const organizationId = owner.organizationId!
  for (const [name, email, role, joined, seen] of colleagues) {
    const then = { ...app, now: () => new Date(now - joined * dayMs) }
    const { id } = await insertUser(then, {
      ...{ name, email, role: 'customer', status: 'active', isVerified: true, passwordHash: null },
    })
    await insertMember(then, { organizationId, userId: id, role })
    const lastLoginAt = new Date(now - seen * dayMs)
    await app.db.update(users).set({ lastLoginAt }).where(eq(users.id, id))
  }
  const userId = owner.id
  const founded = new Date(now - 64 * dayMs)
  await app.db.update(members).set({ createdAt: founded }).where(eq(members.userId, userId))
  await insertMember(app, {
    ...{ organizationId: elsewhere.organizationId!, userId, role: 'viewer' },
  })
  const { email, name, role, status } = owner
  const actor: UserActor = {
    ...{ type: 'user', userId, email, name, role, status, sessionId: '', ip: null },
    ...{ organizationId, memberRole: 'owner' },
  }
  await inviteMember(app, actor, { email: 'noah@harbor.example', role: 'developer' })
}
