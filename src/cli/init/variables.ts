import { parseConfig } from '../../core/config.ts'
import { AppError } from '../../core/errors.ts'
import { verifySmtp } from '../../core/mail/mailer.ts'
import { reasonOf } from '../../core/reason.ts'
import { askUntil, given, kept, leftOut, type Outcome, type Setup, set } from './setup.ts'

/** Where customers reach the server; read at the start. */
export async function setUpAddress(setup: Setup): Promise<Outcome> {
  const item = 'public address'
  const { env } = setup
  const take = async (answer: string) => {
    const { publicUrl } = parseConfig({ ...env, APIGATE_PUBLIC_URL: answer })
    await setup.keep('APIGATE_PUBLIC_URL', publicUrl)
    return set(item, publicUrl)
  }
  const wanted = given(setup, 'publicUrl')
  if (wanted !== undefined && wanted !== env.APIGATE_PUBLIC_URL) return take(wanted)
  if (env.APIGATE_PUBLIC_URL) return kept(item, env.APIGATE_PUBLIC_URL)
  const fallback = parseConfig(env).publicUrl
  const question = { text: 'Address that customers will see', fallback }
  return (await askUntil(setup, [question], ([answer]) => take(answer!))) ?? leftOut(item)
}

/** The server that carries mails; read at the start. None is an answer too, and is not asked for again. */
export async function setUpMail(setup: Setup): Promise<Outcome> {
  const item = 'mail server'
  const { env } = setup
  const keep = async (smtpUrl: string) => {
    await setup.keep('SMTP_URL', smtpUrl)
    return set(item, hostOf(smtpUrl))
  }
  const wanted = given(setup, 'smtpUrl')
  if (wanted !== undefined && wanted !== env.SMTP_URL) {
    parseConfig({ ...env, SMTP_URL: wanted })
    // On a script, the mail server may be there later.
    if (wanted !== '') await assertReachable(wanted).catch((error) => setup.complain(error.message))
    return keep(wanted)
  }
  if (env.SMTP_URL !== undefined) return kept(item, hostOf(env.SMTP_URL))
  if (!setup.ask) return leftOut(item)
  const question = {
    text: 'Mail server, such as smtps://user:password@smtp.example.com (empty for none)',
  }
  const answered = await askUntil(setup, [question], async ([answer]) => {
    parseConfig({ ...env, SMTP_URL: answer })
    await assertReachable(answer!)
    return keep(answer!)
  })
  return answered ?? keep('')
}

/** Without the password that stands in the address. */
const hostOf = (smtpUrl: string) => (smtpUrl === '' ? 'none' : new URL(smtpUrl).host)

async function assertReachable(smtpUrl: string): Promise<void> {
  await verifySmtp(smtpUrl).catch((error: unknown) => {
    const message = `${hostOf(smtpUrl)} does not take mails: ${reasonOf(error)}.`
    throw new AppError('invalid', 'mail_server_unreachable', message)
  })
}
