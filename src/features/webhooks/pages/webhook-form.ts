import { z } from 'zod'
import { noticeTypeNames } from '../../notices/notice-types.ts'

/** A webhook's form as it is sent: a box for each event, or one for all of them. */
export const WebhookForm = z
  .object({ url: z.string().default(''), description: z.string().default('') })
  .catchall(z.string())

/** The form's values as the API takes them. */
export function toWebhookInput(form: z.output<typeof WebhookForm>) {
  const { url, description } = form
  const events = form.all ? ['*'] : noticeTypeNames.filter((type) => form[`on:${type}`])
  return { url, description, events }
}
