import { z } from 'zod'
import { noticeTypeNames } from '../../notices/notice-types.ts'

/** A webhook's form as it is sent: a box for each event, or one for all of them. */
export const WebhookForm = z
  .object({ url: z.string().optional(), description: z.string().default('') })
  .catchall(z.string())

/** The form's values as the API takes them. An address that was not typed anew is left out. */
export function toWebhookInput(form: z.output<typeof WebhookForm>, kept?: string) {
  const { url = '', description } = form
  const events = form.all ? ['*'] : noticeTypeNames.filter((type) => form[`on:${type}`])
  return { description, events, ...(url !== kept && { url }) }
}
