import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { sign } from '../../core/secret.ts'

/** The layout of the archive; another one has another number. */
const format = 1

/** The first entry of a backup: what the others are. */
const Manifest = z.object({
  format: z.literal(format),
  version: z.string(),
  created_at: z.string(),
  /** Migrations that the database had. */
  migrations: z.number().int(),
  /** Tells whether a secret is the one that the backup's sealed values were sealed with. */
  secret_check: z.string(),
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.string()),
      partitions: z.array(z.object({ name: z.string(), bound: z.string() })),
    }),
  ),
  sequences: z.array(z.object({ name: z.string(), value: z.string() })),
})
export type Manifest = z.infer<typeof Manifest>

export const entries = {
  manifest: 'manifest.json',
  jobs: 'jobs.json',
  /** The last one, with the number of rows of each table: without it the file is not whole. */
  end: 'end.json',
  file: (path: string) => `files/${path}`,
  rows: (table: string, part: number) => `tables/${table}/${String(part).padStart(6, '0')}.copy`,
} as const

export const toBytes = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)

export const createManifest = (parts: Omit<Manifest, 'format'>): Manifest => ({ format, ...parts })

/** @throws AppError `not_a_backup`. */
export function parseManifest({ name, bytes }: { name: string; bytes: Buffer }): Manifest {
  if (name !== entries.manifest) throw notABackup('It does not begin with a manifest.')
  const parsed = Manifest.safeParse(parseJson(bytes.toString()))
  if (parsed.success) return parsed.data
  throw notABackup('Its layout is not known to this release.')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function notABackup(reason: string): AppError {
  return new AppError('invalid', 'not_a_backup', `This is not a backup that can be read. ${reason}`)
}

export const checkOf = (secret: string) => sign(secret, 'backup', 'check')
