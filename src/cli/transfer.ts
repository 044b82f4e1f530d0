import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { CommandIo } from '../core/cli.ts'
import { AppError } from '../core/errors.ts'
import type { Connection } from './connect.ts'

/** Files to the server and from it, as streams: they may be larger than memory. */
export function createTransfer({ open }: Connection): Pick<CommandIo, 'upload' | 'download'> {
  return {
    upload: async (path, file, type) => {
      const isGiven =
        file === '-' ||
        (await access(file).then(
          () => true,
          () => false,
        ))
      if (!isGiven) throw new AppError('not_found', 'no_file', `There is no file ${file}.`)
      const bytes = file === '-' ? process.stdin : createReadStream(file)
      const body = Readable.toWeb(bytes) as ReadableStream
      return (await open('POST', path, { type, body })).json()
    },
    download: async (path) => {
      const { body } = await open('GET', path)
      if (!body) return
      try {
        await pipeline(Readable.fromWeb(body as never), process.stdout, { end: false })
      } catch (error) {
        // Whoever reads us has seen enough, as `head` does.
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
      }
    },
  }
}
