import { createTransport } from 'nodemailer'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Mailer } from './mail.ts'

/**
 * Sends by SMTP, from what `?from=` of the address says and with answers to `?reply_to=`. Without
 * SMTP_URL mails are kept for the admin's pages, and the log says that there is one.
 */
export function createMailer(config: Pick<Config, 'smtpUrl' | 'publicUrl'>, log: Log): Mailer {
  if (config.smtpUrl === null) {
    return async ({ to, subject }) => {
      log.info({ to, subject }, 'a mail was not sent, for SMTP_URL is not set; see /admin/mail')
      return 'kept'
    }
  }
  const transport = createTransport(config.smtpUrl)
  const { searchParams } = new URL(config.smtpUrl)
  const from = searchParams.get('from') ?? defaultFrom(config.publicUrl)
  const replyTo = searchParams.get('reply_to') ?? undefined
  return async (mail) => {
    await transport.sendMail({ from, replyTo, ...mail })
    return 'sent'
  }
}

const defaultFrom = (publicUrl: string) => `no-reply@${new URL(publicUrl).hostname}`

/** Connects to the SMTP server and signs in; sends nothing. */
export async function verifySmtp(smtpUrl: string): Promise<void> {
  const waitMs = 5000
  const transport = createTransport({
    url: smtpUrl,
    ...{ connectionTimeout: waitMs, greetingTimeout: waitMs, socketTimeout: waitMs },
  })
  try {
    await transport.verify()
  } finally {
    transport.close()
  }
}
