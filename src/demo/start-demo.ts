import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Running } from '../compose.ts'
import { type Config, parseConfig } from '../core/config.ts'
import { readEnv } from '../core/env.ts'
import { isSeedNeeded, pointUpstream, seedDemo } from './seed.ts'
import { startWeatherApi } from './weather-api.ts'

type Access = {
  portal_url: string
  admin_url: string
  admin: { email: string; password: string }
  customer: { email: string; password: string }
  api_key: string
  curl: string
}

/** The server, started as told, with a sample API behind it and a business around it. Says how to get in. */
export async function startDemo(
  serve: (config: Config) => Promise<Running>,
  { isQuiet = false } = {},
): Promise<{ close: () => Promise<void> }> {
  const config = parseConfig({ APIGATE_LOG_LEVEL: 'warn', ...readEnv() }, { terminal: true })
  const file = join(config.dataDir, 'demo.json')
  const weather = await startWeatherApi()
  const running = await serve(config)
  const { app } = running
  const close = async () => {
    await running.close()
    await weather.stop()
  }
  const isNew = await isSeedNeeded(app)
  if (isNew) {
    console.log('  Filling the demo: plans, routes, customers, 30 days of usage …')
    const { admin, customer, apiKey } = await seedDemo(app, weather.url)
    const base = config.publicUrl
    const access: Access = {
      portal_url: `${base}/portal`,
      admin_url: `${base}/admin`,
      admin,
      customer,
      api_key: apiKey,
      curl: `curl -i ${base}/v1/stations/oslo/observations -H 'X-API-Key: ${apiKey}'`,
    }
    await writeFile(file, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 })
  } else {
    await pointUpstream(app, weather.url)
  }
  const access = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Access,
    () => null,
  )
  if (isQuiet) return { close }
  if (access) tell(access, isNew, file)
  else console.log(`\n  Ready on ${config.publicUrl}\n`)
  return { close }
}

function tell(access: Access, isNew: boolean, file: string): void {
  const show = (password: string) => (isNew ? password : `(in ${file})`)
  console.log(`
  Portal    ${access.portal_url}
            ${access.customer.email}   ${show(access.customer.password)}
  Admin     ${access.admin_url}
            ${access.admin.email}   ${show(access.admin.password)}

  Try it    ${access.curl}

  Ready. Ctrl-C stops it; the data stays.
`)
}
