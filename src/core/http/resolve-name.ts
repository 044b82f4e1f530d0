import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'

/** Asks for all addresses of a name. */
export type Resolve = (
  name: string,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** Six seconds in all, as the second try waits twice as long. */
const patience = { timeout: 2000, tries: 2 }

/**
 * Asks name servers, those of the system where none are given. The system's own lookup would wait on
 * one of the four threads that everything else needs, too: a customer whose name server is slow could
 * hold up all of them.
 */
export function createResolve(servers?: string[]): Resolve {
  return (name, done) => {
    const resolver = new Resolver(patience)
    if (servers) resolver.setServers(servers)
    const asked = [
      resolver.resolve4(name).then((found) => found.map((address) => ({ address, family: 4 }))),
      resolver.resolve6(name).then((found) => found.map((address) => ({ address, family: 6 }))),
    ]
    void Promise.allSettled(asked).then((answers) => {
      const addresses = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
      const failed = answers.find((one) => one.status === 'rejected')
      done(addresses.length > 0 ? null : (failed?.reason ?? null), addresses)
    })
  }
}
