import { z } from '@hono/zod-openapi'
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { type Actor, requireSelf } from '../../core/actor.ts'
import { type App, inTransaction } from '../../core/app.ts'
import { isUniqueViolation } from '../../core/db/violations.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { issueProof, spendProof } from '../accounts/proofs.ts'
import { recordUserAudit } from '../accounts/user-audit.ts'
import { mailUser } from '../accounts/user-mails.tsx'
import { lockUser } from '../accounts/user-rows.ts'
import { getSetting } from '../settings/settings.ts'
import { countPasskeys, listPasskeys, PasskeyName } from './passkeys.ts'
import {
  Base64Url,
  challengeIn,
  credentialShape,
  passkeyRefused,
  relyingParty,
} from './relying-party.ts'
import { type Passkey, passkeys } from './schema.ts'
import { assertFactors, OwnFactors } from './two-factor.ts'

const maxPasskeys = 20

/** EdDSA, ES256 and RS256, by their numbers in COSE. */
const supportedAlgorithmIDs = [-8, -7, -257]

export const BeginPasskey = OwnFactors

/** What the browser answers when it has made a passkey. */
const Attestation = z.object({
  ...credentialShape,
  response: z.object({
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
})
export const AddPasskey = z.strictObject({ name: PasskeyName, response: Attestation })
export type AddPasskey = z.infer<typeof AddPasskey>

/**
 * What the browser needs to make a passkey. Takes the password, and a code where signing in takes one:
 * a passkey stands for both.
 * @throws AppError `invalid_credentials`, `invalid_code`, `passkey_limit_reached`.
 */
export async function beginPasskey(
  app: App,
  actor: Actor,
  factors: OwnFactors,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { userId, email, name } = requireSelf(actor)
  const known = await listPasskeys(app, actor)
  if (known.length >= maxPasskeys) throw tooMany()
  await assertFactors(app, actor, factors)
  const challenge = await inTransaction(app, (tx) => issueProof(tx, 'passkey-registration', userId))
  return generateRegistrationOptions({
    rpName: await getSetting(app, 'portal_company_name'),
    rpID: relyingParty(app).rpID,
    userID: new TextEncoder().encode(userId),
    userName: email,
    userDisplayName: name,
    challenge,
    attestationType: 'none',
    supportedAlgorithmIDs,
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/**
 * Keeps a passkey that the browser has made, after which the challenge is spent.
 * @throws AppError `invalid_passkey`, `passkey_known`, `passkey_limit_reached`.
 */
export async function addPasskey(
  app: App,
  actor: Actor,
  { name, response }: AddPasskey,
): Promise<Passkey> {
  const { userId } = requireSelf(actor)
  const registered = await verify(app, userId, response)
  return inTransaction(app, async (tx) => {
    const user = await lockUser(tx, userId)
    if ((await countPasskeys(tx, userId)) >= maxPasskeys) throw tooMany()
    const now = tx.now()
    const id = newId('psk', now.getTime())
    const [passkey] = await tx.db
      .insert(passkeys)
      .values({ id, userId, name, createdAt: now, ...registered })
      .returning()
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error
        throw new AppError('conflict', 'passkey_known', 'This passkey is known already.')
      })
    const params = { passkey: name }
    await mailUser(tx, user, 'passkeyAdded', { path: '/settings/security#passkeys', params })
    await recordUserAudit(tx, actor, userId, 'profile.passkey_added', { passkey: name })
    return passkey!
  })
}

async function verify(app: App, userId: string, response: AddPasskey['response']) {
  const challenge = challengeIn(response.response.clientDataJSON)
  const subject = challenge && (await spendProof(app, 'passkey-registration', challenge.token))
  if (!challenge || subject !== userId) throw passkeyRefused('invalid')
  const { rpID, origin } = relyingParty(app)
  const result = await verifyRegistrationResponse({
    response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
    expectedChallenge: challenge.sent,
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
    supportedAlgorithmIDs,
    // The library throws plain errors for every way in which an answer can be wrong.
  }).catch(() => null)
  if (!result?.verified) throw passkeyRefused('invalid')
  const { credential, credentialBackedUp } = result.registrationInfo
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: credential.transports ?? [],
    isSynced: credentialBackedUp,
  }
}

function tooMany(): AppError {
  return new AppError(
    'limit_reached',
    'passkey_limit_reached',
    'You have {{max}} passkeys, which is as many as one can have. Remove one first.',
    { params: { max: maxPasskeys } },
  )
}
