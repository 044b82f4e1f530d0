import { randomBytes } from 'node:crypto'
import type { MemberRole, Role, UserActor } from '../src/core/actor.ts'
import type { App } from '../src/core/app.ts'
import { insertMember } from '../src/features/accounts/organizations.ts'
import { createUser } from '../src/features/accounts/users.ts'
import { type CreatePlan, createPlan, findDefaultPlan } from '../src/features/plans/plans.ts'
import { signIn } from '../src/features/sessions/sign-in.ts'

export const system = { type: 'system' } as const
const password = 'correct horse battery staple'

export type Customer = UserActor & { organizationId: string; planId: string }

/** A customer with an organization on a plan; the actor that their requests have. */
export async function makeCustomer(
  app: App,
  options: { plan?: Partial<CreatePlan>; role?: Role } = {},
): Promise<Customer> {
  const name = randomBytes(4).toString('hex')
  const existing = options.plan ? undefined : await findDefaultPlan(app)
  const plan =
    existing ?? (await createPlan(app, system, { name: `Plan ${name}`, ...options.plan }))
  const email = `${name}@example.com`
  const user = await createUser(app, system, {
    email,
    name,
    plan_id: plan.id,
    role: options.role,
    password,
  })
  return {
    type: 'user',
    userId: user.id,
    email,
    name,
    role: user.role,
    status: user.status,
    sessionId: 'ses_test',
    organizationId: user.organizationId!,
    memberRole: 'owner',
    ip: '198.51.100.7',
    planId: plan.id,
  }
}

/** A person with an organization of their own who works in another one; the actor that they are there. */
export async function makeMember(
  app: App,
  { organizationId, planId }: Pick<Customer, 'organizationId' | 'planId'>,
  memberRole: MemberRole,
): Promise<Customer & { ownOrganizationId: string }> {
  const person = await makeCustomer(app)
  await insertMember(app, { organizationId, userId: person.userId, role: memberRole })
  const ownOrganizationId = person.organizationId
  return { ...person, organizationId, planId, memberRole, ownOrganizationId }
}

/** A bearer token of theirs. */
export async function signInAs(app: App, customer: Pick<Customer, 'email'>): Promise<string> {
  const entry = await signIn(
    app,
    { email: customer.email, password },
    { ip: null, userAgent: null },
  )
  if (!('session' in entry)) throw new Error(`${customer.email} has a second factor`)
  return entry.session.token
}
