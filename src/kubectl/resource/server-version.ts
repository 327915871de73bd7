import { textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Session } from '../cli/session.ts'

const known = new WeakMap<Session, number>()

/** Minor version of the server, asked once per command: `18`. */
export function* serverMinor(session: Session): Steps<number> {
  const cached = known.get(session)
  if (cached !== undefined) return cached
  const minor = Number(/^\d+/.exec(textAt(yield* session.rest.request('GET', '/version'), 'minor'))?.[0] ?? 18)
  known.set(session, minor)
  return minor
}
