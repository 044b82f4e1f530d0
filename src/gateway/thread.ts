import { parentPort, workerData } from 'node:worker_threads'
import { createLog } from '../core/log.ts'
import { type Gateway, listen } from './gateway.ts'
import { openJournal } from './journal.ts'
import { applySnapshot, createPlane } from './plane.ts'
import type { OpenedGrant } from './registry.ts'
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts'

/** A gateway thread: serves the port, and asks the main thread for what it does not know. */
const data = workerData as ThreadData
const port = parentPort!
const say = (message: FromThread) => port.postMessage(message)

type Waiting = {
  resolve: (opened: OpenedGrant | undefined) => void
  reject: (error: Error) => void
}
const waiting = new Map<number, Waiting>()
let lastId = 0

const log = createLog({ log: data.log })
const plane = createPlane({
  snapshot: data.snapshot,
  frontDoorSocket: data.frontDoorSocket,
  log,
  journal: openJournal({
    directory: data.journalDirectory,
    name: data.journalName,
    fsyncMs: 1000,
    log,
  }),
  openGrant: (digest) =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      say({ type: 'find', id, digest })
    }),
})

let gateway: Gateway | undefined

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'grant': {
      const asked = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.error) asked?.reject(new Error(message.error))
      else asked?.resolve(message.opened)
      break
    }
    case 'forget':
      plane.grants.forget(message.digests)
      break
    case 'forget-all':
      plane.grants.forgetAll()
      break
    case 'snapshot':
      applySnapshot(plane, message.snapshot)
      break
    case 'barrier':
      say({ type: 'barrier', id: message.id })
      break
    case 'close':
      void close(message.graceMs)
      break
  }
})

async function close(graceMs: number): Promise<void> {
  await gateway?.close(graceMs)
  process.exit(0)
}

try {
  gateway = await listen(plane, data)
  say({ type: 'listening', port: gateway.port })
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException
  say({ type: 'failed', message, code })
}
