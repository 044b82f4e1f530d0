import { z } from 'zod'
import { ListField } from '../../../core/http/form-fields.ts'
import { noticeTypeNames, severities } from '../../notices/notice-types.ts'

/** The organization's alerts as their form is sent: boxes that were not ticked are absent. */
export const AlertsForm = z
  .object({ slack: z.string().optional(), webhook: z.string().optional(), thresholds: ListField })
  .catchall(z.string())

/** The form's values as the API takes them. An empty address removes it. */
export function toAlertsInput(form: z.output<typeof AlertsForm>) {
  return {
    email: { enabled: 'email_on' in form },
    slack: { enabled: 'slack_on' in form, webhook_url: form.slack ?? null },
    webhook: { enabled: 'webhook_on' in form, url: form.webhook ?? null },
    severities: severities.filter((severity) => severity in form),
    thresholds: form.thresholds.map(Number),
  }
}

export const MailsForm = z.record(z.string(), z.string())

export function toMailModes(form: z.output<typeof MailsForm>) {
  return Object.fromEntries(
    noticeTypeNames.flatMap((type) => (type in form ? [[type, form[type]]] : [])),
  )
}
