import { z } from 'zod'
import { defineEvent } from '../../core/events.ts'

/** It is time to call an endpoint. */
export const deliveryDue = defineEvent(
  'webhooks.delivery_due',
  z.object({ deliveryId: z.string() }),
)
