import { desc, eq } from 'drizzle-orm'
import type { UserActor } from '../src/core/actor.ts'
import type { App } from '../src/core/app.ts'
import { mails } from '../src/core/mail/schema.ts'
import { inviteMember } from '../src/features/teams/invitations.ts'
import type { Invite } from '../src/features/teams/team-input.ts'

/** The newest mail to an address, with the token of the invitation in it. */
export async function readInvitation(app: App, email: string) {
  const [mail] = await app.db
    .select()
    .from(mails)
    .where(eq(mails.to, email))
    .orderBy(desc(mails.createdAt), desc(mails.id))
    .limit(1)
  const token = /\/invitations\/([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
  return { ...mail!, token }
}

/** Invites somebody, and reads the token in the mail. */
export async function invite(app: App, owner: UserActor, input: Invite): Promise<string> {
  await inviteMember(app, owner, input)
  return (await readInvitation(app, input.email)).token
}
