import { createHash, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { adminGroups, adminName } from './administrator.ts'

/** Who asks, as far as the server itself knows them; what it does not know, the simulated API server looks at. */
export interface Caller {
  readonly user: string
  readonly groups: readonly string[]
  readonly isAdministrator: boolean
}

const administrator: Caller = { user: adminName, groups: adminGroups, isAdministrator: true }

/**
 * The caller of a request: by the client's certificate, else by the administrator's token. Undefined: it has neither, so that
 * its headers go on to the API server, which knows ServiceAccounts' tokens and answers 401 to the rest.
 */
export function callerOf(
  headers: Readonly<Record<string, string>>,
  socket: Socket | undefined,
  token: string,
): Caller | undefined {
  const certified = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate().subject : undefined
  if (certified?.CN !== undefined) {
    const { O: organizations = [] } = certified
    const groups = Array.isArray(organizations) ? organizations : [organizations]
    return { user: String(certified.CN), groups: groups.map(String), isAdministrator: groups.includes(adminGroups[0]) }
  }
  const given = /^\s*bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1]
  return given !== undefined && isSame(given, token) ? administrator : undefined
}

/** By digests: the time that it takes tells nothing of the token. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}
