import { z } from 'zod'
import { defineEvent } from '../../core/events.ts'

const aboutKey = z.object({ keyId: z.string(), organizationId: z.string() })

export const keyIssued = defineEvent('keys.issued', aboutKey)
export const keyRevoked = defineEvent('keys.revoked', aboutKey)
export const keyRotated = defineEvent('keys.rotated', aboutKey.extend({ rotatedFrom: z.string() }))
