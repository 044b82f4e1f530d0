import { createTransport } from 'nodemailer'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Mailer } from './mail.ts'

/** Sends by SMTP, or without SMTP_URL tells the log what would have been sent. */
export function createMailer(config: Pick<Config, 'smtpUrl'>, log: Log): Mailer {
  if (config.smtpUrl === null) {
    return async ({ to, subject, text }) =>
      log.info({ to, subject, text }, 'mail (no SMTP_URL is set)')
  }
  const transport = createTransport(config.smtpUrl)
  return async (mail) => {
    await transport.sendMail({ from: 'no-reply@localhost', ...mail })
  }
}
