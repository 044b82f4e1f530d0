import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Refusal } from './authorize.ts'
import { beginCall, type Call, release } from './call.ts'
import { checkHost, decide, findGrant, route } from './decide.ts'
import { frontDoorOf, targetOf } from './handle.ts'
import { isReserved, type Plane } from './plane.ts'
import { meterRefusal, meterUnrouted, notRecorded } from './refuse.ts'
import { openTunnel, refuseUpgrade } from './tunnel.ts'

/** A WebSocket or another upgrade: the same doors as for a request. */
export async function handleUpgrade(
  plane: Plane,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const call = beginCall(plane, request)
  socket.on('error', () => socket.destroy())
  const misaddressed = checkHost(call)
  if (misaddressed) return refuse(call, socket, misaddressed)
  if (isReserved(plane, call.path)) return pass(call, socket, head)
  const refused = route(call)
  if (refused) {
    refuse(call, socket, refused)
    return meterUnrouted(call, refused)
  }
  if (!call.route!.route.authRequired) return pass(call, socket, head)
  await authenticate(call, socket, head)
}

/** Key, limits, journal, upstream. Comes again when the grant changed on the way. */
async function authenticate(call: Call, socket: Duplex, head: Buffer): Promise<void> {
  const refused = await admitCall(call)
  if (refused) return refuse(call, socket, refused)
  if (call.isOpened) return pass(call, socket, head)
  call.isOpened = true
  call.plane.journal.open(call.record!, {
    onWritten: () => pass(call, socket, head),
    onNotWritten: () => {
      call.isOpened = false
      refuse(call, socket, notRecorded)
    },
  })
}

async function admitCall(call: Call): Promise<Refusal | undefined> {
  for (;;) {
    const notFound = await findGrant(call)
    if (notFound) return notFound
    const decision = decide(call)
    if (decision !== 'stale') return decision
  }
}

function pass(call: Call, socket: Duplex, head: Buffer): void {
  const target = call.route ? targetOf(call) : frontDoorOf(call)
  if ('code' in target) return refuse(call, socket, target)
  openTunnel(call, socket, head, target, () => void authenticate(call, socket, head))
}

function refuse(call: Call, socket: Duplex, refusal: Refusal): void {
  release(call, { unused: true })
  refuseUpgrade(call, socket, refusal)
  meterRefusal(call, refusal)
}
