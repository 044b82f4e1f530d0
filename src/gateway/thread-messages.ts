import type { Snapshot } from './contract.ts'
import type { OpenedGrant } from './registry.ts'

/** What a thread is started with. */
export type ThreadData = {
  snapshot: Snapshot
  host: string
  port: number
  isShared: boolean
  frontDoorSocket: string | null
  journalDirectory: string
  journalName: string
  log: { level: string; format: 'json' | 'pretty' }
}

export type ToThread =
  | { type: 'grant'; id: number; opened: OpenedGrant | undefined; error?: string }
  | { type: 'forget'; digests: string[] }
  | { type: 'forget-all' }
  | { type: 'snapshot'; snapshot: Snapshot }
  /** Asks to say when all before it is done. */
  | { type: 'barrier'; id: number }
  | { type: 'close'; graceMs: number }

export type FromThread =
  | { type: 'listening'; port: number }
  | { type: 'failed'; message: string; code?: string }
  | { type: 'find'; id: number; digest: string }
  | { type: 'barrier'; id: number }
