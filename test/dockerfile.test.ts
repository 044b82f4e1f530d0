import { execFileSync, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { buildImage } from './dockerfile.ts'
import { freePort } from './program.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody']))

/** Root runs the image's program as somebody with no rights, as the image does. */
const isRoot = process.getuid?.() === 0
const user = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {}

test('what the Dockerfile says makes a server that becomes ready, with packages of production alone', {
  timeout: 300_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'apigate-image-'))
  await chmod(folder, 0o755)
  try {
    const image = await buildImage(root, folder, `${user.uid}:${user.gid}`)
    const port = await freePort()
    const options = {
      ...user,
      cwd: join(image.root, image.workdir),
      env: {
        ...image.env,
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        APIGATE_PORT: String(port),
      },
    }
    const [command, ...args] = image.command
    const server = spawn(command!, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => server.once('exit', resolve))
    let output = ''
    server.stdout.on('data', (data) => {
      output += data
    })
    try {
      const ask = (path: string) =>
        fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept: 'text/html' } }).then(
          (answer) => answer.status,
          () => `no answer: ${output}`,
        )
      await expect.poll(() => ask('/readyz'), { timeout: 60_000, interval: 100 }).toBe(200)
      expect(await ask('/healthz')).toBe(200)
      expect(await ask('/portal/login')).toBe(200)
      execFileSync('/bin/sh', ['-c', image.healthcheck], options)
    } finally {
      server.kill('SIGTERM')
    }
    expect(await ended).toBe(0)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
