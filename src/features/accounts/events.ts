import { z } from 'zod'
import { defineEvent } from '../../core/events.ts'

const aboutUser = z.object({ userId: z.string() })

const aboutAddress = z.object({
  email: z.string(),
  /** The request that asked. */
  origin: z.object({ ip: z.string().nullable(), requestId: z.string().optional() }),
})

/** Somebody asked for a link to an address that may be nobody's. */
export const verificationAsked = defineEvent('accounts.verification_asked', aboutAddress)
export const passwordResetAsked = defineEvent('accounts.password_reset_asked', aboutAddress)

export const userRegistered = defineEvent('accounts.user_registered', aboutUser)
export const takenAddressRegistered = defineEvent('accounts.taken_address_registered', aboutUser)
export const userSuspended = defineEvent('accounts.user_suspended', aboutUser)
export const userDeleted = defineEvent('accounts.user_deleted', aboutUser)
export const organizationDeleted = defineEvent(
  'accounts.organization_deleted',
  z.object({ organizationId: z.string() }),
)
