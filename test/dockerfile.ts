import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** What a Dockerfile makes, in a folder that stands for the root of its file system. */
export type Image = {
  root: string
  workdir: string
  env: Record<string, string>
  command: string[]
  healthcheck: string
}

type Instruction = { name: string; text: string }

function parse(dockerfile: string): Instruction[] {
  return dockerfile
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => {
      const [, name, text] = line.match(/^([A-Z]+)\s+(.*)$/)!
      return { name: name!, text: text! }
    })
}

/**
 * Does in folders what the lines of a Dockerfile do in images, but for two: `npm ci` takes the packages
 * that are installed here, and the image's user `node` is whom `user` names.
 */
export async function buildImage(context: string, folder: string, user: string): Promise<Image> {
  const instructions = parse(await readFile(join(context, 'Dockerfile'), 'utf8'))
  const ignored = (await readFile(join(context, '.dockerignore'), 'utf8')).trim().split('\n')
  const shims = await makeShims(folder, user)
  const stages = new Map<string, Image>()
  let image: Image | undefined
  for (const { name, text } of instructions) {
    if (name === 'FROM') {
      const alias = text.match(/ AS (\S+)$/)?.[1] ?? 'last'
      const root = join(folder, alias)
      image = { root, workdir: '/', env: {}, command: [], healthcheck: '' }
      stages.set(alias, image)
      continue
    }
    if (!image) throw new Error(`${name} stands before FROM`)
    const here = join(image.root, image.workdir)
    if (name === 'WORKDIR') {
      image.workdir = text
      await mkdir(join(image.root, text), { recursive: true })
    } else if (name === 'COPY') await copy(text, { here, context, ignored, stages })
    else if (name === 'RUN') await run(text, { image, here, context, shims })
    else if (name === 'ENV') Object.assign(image.env, variablesOf(text, image.root))
    else if (name === 'CMD') image.command = JSON.parse(text)
    else if (name === 'HEALTHCHECK') image.healthcheck = text.replace(/^CMD /, '')
    else if (!['USER', 'VOLUME', 'EXPOSE'].includes(name)) throw new Error(`what is ${name}?`)
  }
  return image!
}

/** `chown` to the image's user is to ours; who is not root has nothing to give away. */
async function makeShims(folder: string, user: string): Promise<string> {
  const shims = join(folder, 'shims')
  const script =
    process.getuid?.() === 0 ? `shift; exec /bin/chown ${user} "$@"` : 'exit 0 # not permitted'
  await mkdir(shims)
  await writeFile(join(shims, 'chown'), `#!/bin/sh\n${script}\n`)
  await chmod(join(shims, 'chown'), 0o755)
  return shims
}

type Place = {
  here: string
  context: string
  ignored: string[]
  stages: Map<string, Image>
}

async function copy(text: string, { here, context, ignored, stages }: Place): Promise<void> {
  const words = text.split(' ')
  const from = words[0]!.startsWith('--from=') ? words.shift()!.slice(7) : undefined
  const target = join(here, words.pop()!)
  await mkdir(target, { recursive: true })
  for (const word of words) {
    const source = join(from ? stages.get(from)!.root : context, word)
    const isFolder = (await stat(source)).isDirectory()
    if (from && isFolder) await link(source, target)
    else {
      const isWanted = (path: string) =>
        dirname(path) !== context || !ignored.includes(basename(path))
      const to = isFolder ? target : join(target, basename(source))
      await cp(source, to, { recursive: true, filter: isWanted })
    }
  }
}

/** A copy in no time, where both lie on one disk. */
async function link(source: string, target: string): Promise<void> {
  const take = (flags: string) => execute('cp', [flags, `${source}/.`, target])
  await mkdir(target, { recursive: true })
  await take('-al').catch(() => take('-a'))
}

type Run = { image: Image; here: string; context: string; shims: string }

async function run(text: string, { image, here, context, shims }: Run): Promise<void> {
  if (/^npm ci\b/.test(text)) {
    await link(join(context, 'node_modules'), join(here, 'node_modules'))
    // npm writes into this file; what it removes it only unlinks.
    const list = join(here, 'node_modules', '.package-lock.json')
    const bytes = await readFile(list)
    await execute('rm', [list])
    await writeFile(list, bytes)
    return
  }
  const path = `${shims}:${dirname(process.execPath)}:${process.env.PATH}`
  const script = text.replace(/(?<=\s)\/(?=\w)/g, `${image.root}/`)
  const { NODE_ENV: _, ...env } = process.env
  await execute('/bin/sh', ['-c', script], { cwd: here, env: { ...env, PATH: path } })
}

function variablesOf(text: string, root: string): Record<string, string> {
  const pairs = text.split(' ').map((pair) => pair.split('=') as [string, string])
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, value.startsWith('/') ? join(root, value) : value]),
  )
}
