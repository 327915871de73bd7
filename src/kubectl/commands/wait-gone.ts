import { textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { resourcePath } from '../api/discovery.ts'
import { CommandFailure, isReason } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import { until } from '../cli/until.ts'
import type { Info } from '../resource/info.ts'

/**
 * Waits until an object is gone, or another has taken its name. False when the time is over. Knows of changes by a
 * watch, so that waiting costs nothing while nothing happens. Source: kubectl pkg/cmd/wait/wait.go, IsDeleted.
 */
export function* waitGone(session: Session, info: Info, uid: string, timeoutMs: number): Steps<boolean> {
  const deadline = session.host.now() + timeoutMs
  const collection = resourcePath(info.mapping, info.namespace)
  for (;;) {
    const found = yield* session.rest.tryRequest('GET', resourcePath(info.mapping, info.namespace, info.name))
    if (!found.ok) {
      if (isReason(found.failure, 'NotFound')) return true
      throw new CommandFailure(found.failure)
    }
    if (uid !== '' && textAt(found.value, 'metadata', 'uid') !== uid) return true
    const left = deadline - session.host.now()
    if (left <= 0) return false
    const stream = yield* session.rest.watch(collection, {
      query: {
        watch: 'true',
        fieldSelector: `metadata.name=${info.name}`,
        resourceVersion: textAt(found.value, 'metadata', 'resourceVersion'),
      },
    })
    try {
      let isDeleted = false
      // Asked again after it held: what was taken from the stream must not be forgotten.
      const moved = (): boolean => {
        isDeleted ||= stream.take().some((line) => textAt(JSON.parse(line), 'type') === 'DELETED')
        return isDeleted || stream.ended()
      }
      if (!(yield* until(session.host, moved, left))) return false
    } finally {
      stream.stop()
    }
  }
}
