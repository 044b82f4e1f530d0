import { parseConfig } from '../../core/config.ts'
import type { Env } from '../../core/env.ts'
import { AppError } from '../../core/errors.ts'
import { verifySmtp } from '../../core/mail/mailer.ts'
import { reasonOf } from '../../core/reason.ts'
import { connect } from '../connect.ts'
import type { LocalCommand } from '../local-command.ts'
import { hasDatabase } from '../site.ts'
import { checkDatabase } from './database-checks.ts'
import { attempt, type Finding, failed, ok, warning } from './finding.ts'
import { checkDataDir, checkDisk, checkRuntime, checkSecret } from './machine-checks.ts'
import { checkAddress, checkAdmin, checkUpstreams } from './product-checks.ts'

export const doctorCommand: LocalCommand = {
  name: 'doctor',
  summary: 'check the machine, the database, the addresses and the mail server',
  run: async (io) => {
    const findings = await examine(io.env)
    io.table(findings, [
      ['status', 'Status'],
      ['check', 'Check'],
      ['detail', 'Finding'],
    ])
    const count = findings.filter(({ status }) => status === 'failed').length
    if (count === 0) return
    throw new AppError(
      'unavailable',
      'check_failed',
      `${count} of ${findings.length} checks failed.`,
    )
  },
}

/** Looks at everything that a server needs; changes nothing. */
export async function examine(env: Env): Promise<Finding[]> {
  const runtime = checkRuntime()
  let config: ReturnType<typeof parseConfig>
  try {
    config = parseConfig(env)
  } catch (error) {
    return [...runtime, failed('configuration', reasonOf(error))]
  }
  const findings = [
    ...runtime,
    ok('configuration', 'Read.'),
    ...(await attempt('data directory', () => checkDataDir(config))),
    ...(await attempt('secret', () => checkSecret(config))),
    ...(await attempt('disk', () => checkDisk(config))),
    ...(await attempt('database', () => checkDatabase(config))),
    ...(await attempt('mail', () => checkMail(config.smtpUrl))),
  ]
  const isUsable = !findings.some(
    ({ check, status }) =>
      (check === 'database' && status === 'failed') || (check === 'schema' && status !== 'ok'),
  )
  if (!isUsable || !hasDatabase(config)) {
    const detail = 'Needs the database, up to date.'
    return [...findings, { check: 'upstreams and settings', status: 'skipped', detail }]
  }
  return [...findings, ...(await attempt('server', () => checkProduct(config, env)))]
}

async function checkProduct(config: ReturnType<typeof parseConfig>, env: Env): Promise<Finding[]> {
  const { request, close, isServing } = await connect(config, env)
  try {
    return [
      isServing ? ok('server', 'It runs.') : ok('server', 'It does not run now.'),
      ...(await attempt('public address', () => checkAddress(config, request))),
      ...(await attempt('administrator', () => checkAdmin(request))),
      ...(await attempt('upstreams', () => checkUpstreams(request))),
    ]
  } finally {
    await close()
  }
}

async function checkMail(smtpUrl: string | null): Promise<Finding[]> {
  if (smtpUrl === null)
    return [warning('mail', 'SMTP_URL is not set: mails are only kept, at /admin/mail.')]
  const { host } = new URL(smtpUrl)
  try {
    await verifySmtp(smtpUrl)
    return [ok('mail', `${host} takes mails.`)]
  } catch (error) {
    return [failed('mail', `${host} does not take mails: ${reasonOf(error)}. Check SMTP_URL.`)]
  }
}
