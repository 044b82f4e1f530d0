import { createReadStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { extract, pack } from 'tar-stream'
import { AppError } from '../../core/errors.ts'
import { notABackup } from './manifest.ts'

/**
 * A backup is a tar file, compressed by gzip, so that it can be looked into with what every system
 * has. `-` is the standard output or input.
 */
export type ArchiveWriter = {
  add: (name: string, bytes: Buffer) => Promise<void>
  /** Puts the whole file in its place; until then there is none. */
  finish: () => Promise<void>
  /** Leaves nothing behind. */
  abandon: () => Promise<void>
}

/** @throws AppError `cannot_write`, here or when the disk is full later. */
export async function createArchive(path: string): Promise<ArchiveWriter> {
  const isStandard = path === '-'
  const found = isStandard ? null : await stat(path).catch(() => null)
  // A pipe or a device cannot be put in place afterwards.
  const isDirect = isStandard || found?.isFile() === false
  const partial = isDirect ? path : `${path}.partial`
  const explain = (error: Error) =>
    new AppError('unavailable', 'cannot_write', `${path} cannot be written: ${error.message}.`)
  const target: Writable = isStandard
    ? process.stdout
    : await open(partial, 'w', 0o600).then(
        (file) => file.createWriteStream(),
        (error) => Promise.reject(explain(error)),
      )
  const tar = pack()
  const written = pipeline(tar, createGzip(), target).catch((error) =>
    Promise.reject(explain(error)),
  )
  // What goes wrong is told by whoever adds or finishes next.
  written.catch(() => {})
  return {
    add: async (name, bytes) => {
      if (tar.destroyed) await written
      const added = new Promise<void>((resolve) => {
        tar.entry({ name, size: bytes.length, mode: 0o600 }, bytes, () => resolve())
      })
      await Promise.race([added, written])
    },
    finish: async () => {
      tar.finalize()
      await written
      if (!isDirect) await rename(partial, path)
    },
    abandon: async () => {
      tar.destroy()
      await written.catch(() => {})
      if (!isDirect) await rm(partial, { force: true })
    },
  }
}

export type ArchiveEntry = { name: string; bytes: Buffer }

/** The entries of an archive in their order, one in memory at a time. */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry> {
  const source: Readable = path === '-' ? process.stdin : createReadStream(path)
  const tar = extract()
  const read = pipeline(source, createGunzip(), tar)
  // What is wrong with the file ends the loop below with the same error.
  read.catch(() => {})
  try {
    for await (const entry of tar) {
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(chunk as Buffer)
      yield { name: entry.header.name, bytes: Buffer.concat(chunks) }
    }
    await read
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new AppError('not_found', 'not_found', `There is no file ${path}.`)
    throw notABackup(`${message}.`)
  }
}
