import { z } from 'zod'
import { defineEvent } from '../../core/events.ts'

const aboutUser = z.object({ userId: z.string() })

export const userRegistered = defineEvent('accounts.user_registered', aboutUser)
export const userSuspended = defineEvent('accounts.user_suspended', aboutUser)
export const userDeleted = defineEvent('accounts.user_deleted', aboutUser)
export const organizationDeleted = defineEvent(
  'accounts.organization_deleted',
  z.object({ organizationId: z.string() }),
)
