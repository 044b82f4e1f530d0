import { type Role, roles } from '../../core/actor.ts'
import { Email, Name } from '../accounts/account-fields.ts'
import type { Settings } from '../settings/settings.ts'
import type { Provider } from './providers.ts'
import type { Claims } from './tokens.ts'

/** Who somebody is, as a provider says. */
export type Profile = {
  /** With `subject`, what makes a person the same one tomorrow. */
  issuer: string
  subject: string
  email: string | null
  isEmailVerified: boolean
  name: string
  /** Null where the provider does not decide it. */
  role: Role | null
}

/** Reads what a provider says, in one or several places of which the first goes before the others. */
export function profileOf(
  provider: Provider,
  settings: Settings,
  issuer: string,
  places: Claims[],
): Profile {
  const [subject] = places.flatMap(
    ({ sub, id }) => sub ?? (id as string | number | undefined) ?? [],
  )
  if (subject === undefined) throw new Error('the provider does not say who this is')
  const claims = places.find(({ email }) => typeof email === 'string') ?? places[0]!
  const email = Email.safeParse(claims.email ?? nameAtMicrosoft(provider, claims))
  return {
    issuer,
    subject: String(subject),
    email: email.data ?? null,
    isEmailVerified: email.success && isEmailVerified(provider, claims),
    name: Name.safeParse(claims.name ?? claims.preferred_username).data ?? '',
    role: provider.isOperators ? roleOf(settings, places) : null,
  }
}

const nameAtMicrosoft = ({ id }: Provider, { preferred_username }: Claims) =>
  id === 'microsoft' ? preferred_username : undefined

/** Accounts of persons at Microsoft, whose addresses it has confirmed. */
const microsoftPersons = '9188040d-6c67-4c5b-b112-36a304b66dad'

/**
 * True where the provider vouches that the address is the person's own. At Microsoft any
 * organization may write any address into its accounts, and says by `xms_edov` that it owns the domain.
 */
function isEmailVerified({ id }: Provider, claims: Claims): boolean {
  if (id !== 'microsoft') return isTrue(claims.email_verified)
  return claims.tid === microsoftPersons || isTrue(claims.xms_edov)
}

const isTrue = (claim: unknown) =>
  claim === true || claim === 'true' || claim === 1 || claim === '1'

/** The highest role that the claim stands for; a customer's, when it stands for none. */
function roleOf(settings: Settings, places: Claims[]): Role | null {
  const { sso_role_claim: path, sso_role_map: map } = settings
  if (!path) return null
  const values = places.map((claims) => claimAt(claims, path)).find((value) => value !== undefined)
  const isMapped = Object.keys(map).length > 0
  const found = [values].flat().flatMap((value) => {
    if (typeof value !== 'string') return []
    if (isMapped) return Object.hasOwn(map, value) ? map[value]! : []
    return roles.find((role) => role === value) ?? []
  })
  return roles.findLast((role) => found.includes(role)) ?? 'customer'
}

/** What stands at a dotted path, such as `realm_access.roles`; a name may have dots of its own. */
export function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined
  if (Object.hasOwn(claims, path)) return (claims as Claims)[path]
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    if (!Object.hasOwn(claims, head)) continue
    const found = claimAt((claims as Claims)[head], path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}
