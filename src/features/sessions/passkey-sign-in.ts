import { z } from '@hono/zod-openapi'
import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server'
import { eq } from 'drizzle-orm'
import { type App, inTransaction } from '../../core/app.ts'
import { newId } from '../../core/ids.ts'
import { beginSignIn } from '../accounts/door-limits.ts'
import { issueProof, spendProof } from '../accounts/proofs.ts'
import { type User, users } from '../accounts/schema.ts'
import {
  Base64Url,
  challengeIn,
  credentialShape,
  passkeyRefused,
  relyingParty,
} from './relying-party.ts'
import { type Passkey, passkeys } from './schema.ts'
import { type Caller, openSession, type SignedIn } from './sign-in.ts'

/** What the browser answers when a person has used a passkey. */
const Assertion = z.object({
  ...credentialShape,
  response: z.object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Base64Url.nullish(),
  }),
})
export const PasskeySignIn = z.strictObject({ response: Assertion })
type Assertion = z.infer<typeof Assertion>

/** What the browser needs to offer the passkeys that it knows for this site. */
export async function passkeyOptions(app: App): Promise<PublicKeyCredentialRequestOptionsJSON> {
  // Nobody has said who they are: each challenge stands for itself.
  const subject = newId('vrf', app.now().getTime())
  const challenge = await inTransaction(app, (tx) => issueProof(tx, 'passkey-sign-in', subject))
  const { rpID } = relyingParty(app)
  return generateAuthenticationOptions({ rpID, challenge, userVerification: 'required' })
}

/**
 * Opens a session by a passkey. It stands for both factors: the device, and what unlocks it.
 * @throws AppError `invalid_passkey`, `too_many_attempts`.
 */
export async function signInWithPasskey(
  app: App,
  response: Assertion,
  caller: Caller,
): Promise<SignedIn> {
  const attempt = await beginSignIn(app, null, caller.ip)
  const challenge = challengeIn(response.response.clientDataJSON)
  const isOurs =
    challenge !== null && (await spendProof(app, 'passkey-sign-in', challenge.token)) !== null
  const [found] = await app.db
    .select({ passkey: passkeys, user: users })
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .where(eq(passkeys.credentialId, response.id))
  if (!isOurs || !found || !isHandleOf(found.user, response))
    throw passkeyRefused('unauthenticated')
  const counter = await verify(app, found.passkey, response, challenge.sent)
  if (counter === null) throw passkeyRefused('unauthenticated')
  await app.db
    .update(passkeys)
    .set({ counter, lastUsedAt: app.now() })
    .where(eq(passkeys.id, found.passkey.id))
  await attempt.succeed()
  return openSession(app, found.user, caller, 'passkey')
}

function isHandleOf(user: User, { response: { userHandle } }: Assertion): boolean {
  return !userHandle || Buffer.from(userHandle, 'base64url').toString('utf8') === user.id
}

/** The passkey's new counter, or null when it proves nothing. */
async function verify(
  app: App,
  passkey: Passkey,
  response: Assertion,
  expectedChallenge: string,
): Promise<number | null> {
  const { rpID, origin } = relyingParty(app)
  const result = await verifyAuthenticationResponse({
    response: response as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: Buffer.from(passkey.publicKey, 'base64url'),
      counter: passkey.counter,
    },
    // The library throws plain errors for every way in which an answer can be wrong.
  }).catch(() => null)
  return result?.verified ? result.authenticationInfo.newCounter : null
}
