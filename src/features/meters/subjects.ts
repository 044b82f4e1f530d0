import { eq, inArray, or, sql } from 'drizzle-orm'
import type { App } from '../../core/app.ts'
import { organizations, users } from '../accounts/schema.ts'

/** The organizations that subjects of events stand for: by its id, or by id or e-mail of its owner. */
export async function findSubjects(app: App, subjects: string[]): Promise<Map<string, string>> {
  const distinct = [...new Set(subjects)]
  const isOrganization = (subject: string) => subject.startsWith('org_')
  const byId = await findOrganizations(app, distinct.filter(isOrganization))
  const byOwner = await findOwned(
    app,
    distinct.filter((subject) => !isOrganization(subject)),
  )
  return new Map(
    distinct.flatMap((subject) => {
      const id = byId.has(subject) ? subject : byOwner.get(subject.toLowerCase())
      return id ? [[subject, id] as const] : []
    }),
  )
}

async function findOrganizations(app: App, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const found = await app.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(inArray(organizations.id, ids))
  return new Set(found.map(({ id }) => id))
}

async function findOwned(app: App, named: string[]): Promise<Map<string, string>> {
  if (named.length === 0) return new Map()
  const names = named.map((name) => name.toLowerCase())
  const found = await app.db
    .select({ organizationId: organizations.id, userId: users.id, email: users.email })
    .from(users)
    .innerJoin(organizations, eq(organizations.ownerId, users.id))
    .where(or(inArray(users.id, names), inArray(sql`lower(${users.email})`, names)))
  return new Map(
    found.flatMap(({ organizationId, userId, email }) => [
      [userId, organizationId] as const,
      [email.toLowerCase(), organizationId] as const,
    ]),
  )
}
