import { readFile, rename, writeFile } from 'node:fs/promises'

/** Sets a variable in an environment file and leaves the other lines as they are. */
export async function setVariable(file: string, name: string, value: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return ''
  })
  const line = `${name}=${quote(value)}`
  const isOurs = new RegExp(`^\\s*(export\\s+)?${name}\\s*=`)
  const others = text.split('\n').filter((given) => given !== '' && !isOurs.test(given))
  // Made anew beside it, so that a start never reads half of it.
  await writeFile(`${file}.new`, `${[...others, line].join('\n')}\n`, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
}

function quote(value: string): string {
  if (/^[\w.:/@%?&=+-]*$/.test(value)) return value
  const mark = ["'", '`', '"'].find((candidate) => !value.includes(candidate))
  if (!mark || value.includes('\n')) throw new Error('this value cannot stand in a file')
  return `${mark}${value}${mark}`
}
