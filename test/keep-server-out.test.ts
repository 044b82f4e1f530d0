import { build } from 'vite'
import { expect, test } from 'vitest'
import { keepServerOut } from '../scripts/keep-server-out.ts'

/** Builds a page of these lines for the browser. */
async function bundle(...lines: string[]): Promise<unknown> {
  const page = {
    name: 'page',
    resolveId: (id: string) => (id === 'page' ? '/page.ts' : null),
    load: (id: string) => (id === '/page.ts' ? lines.join('\n') : null),
  }
  return build({
    ...{ configFile: false, logLevel: 'silent', plugins: [page, keepServerOut()] },
    build: { write: false, rolldownOptions: { input: 'page' } },
  })
}

const here = process.cwd()

test('a page is built with what its component needs, and with types and unused imports of the server', async () => {
  await bundle(
    `import { mailModeNames } from '${here}/src/features/notifications/mail-mode.ts'`,
    `import type { MailModes } from '${here}/src/features/notifications/mail-modes.ts'`,
    `import { getMailModes } from '${here}/src/features/notifications/mail-modes.ts'`,
    `document.title = mailModeNames.join() as keyof MailModes`,
  )
})

test('a page that would bring the server along is not built, and the way to it is told', async () => {
  await expect(
    bundle(
      `import { modeOf } from '${here}/src/features/notifications/mail-modes.ts'`,
      `document.title = modeOf('owner')`,
    ),
  ).rejects.toThrow(/page\.ts → src\/features\/notifications\/mail-modes\.ts → .*drizzle-orm/)
  await expect(
    bundle(
      `import { isSame } from '${here}/src/core/secret.ts'`,
      `document.title = isSame('', '')`,
    ),
  ).rejects.toThrow('src/core/secret.ts → a module of Node')
})
