import { changes, has } from './changes.ts'

/** What clients written with client-go do from a minor version on; paths are those of k8s.io/client-go. */
export const clientGo = changes({
  backsOffWatches: [
    20,
    'refused watches back off, where they paused for one second',
    'tools/cache/reflector.go, initConnBackoffManager',
  ],
  eventsInOrder: [
    21,
    'events of one instant are sent in their order',
    'tools/record/event.go, commit of StartRecordingToSink with a queue',
  ],
  asksTenTimesAgain: [
    19,
    'an answer with Retry-After is followed by ten more requests at most, where it was nine',
    'rest/request.go, request (release-1.18: retries < maxRetries, release-1.19: <=); since v1.22 rest/with_retry.go',
  ],
  waitsWhenTooMany: [
    22,
    'a watch that is refused with 429 is asked for again without a list',
    'tools/cache/reflector.go, isTooManyRequests',
  ],
  sharesBackOff: [
    28,
    'pauses after refused watches and after failed lists grow together',
    'tools/cache/reflector.go, backoffManager in place of initConnBackoffManager',
  ],
  reportsItsController: [28, 'events tell the reporting component', 'tools/record/event.go, generateEvent'],
  spamIsCountedByType: [32, 'the budget of events is one for each type', 'tools/record/events_cache.go, getSpamKey'],
  streamsLists: [
    35,
    'reflectors stream what there is by a watch (WatchList)',
    'features/known_features.go, WatchListClient; facts/apiserver.md section 12',
  ],
  resetsBackOffByClock: [
    36,
    'pauses begin anew two minutes after they did so last, where two minutes without one were needed',
    'tools/cache/reflector.go, delayHandler; apimachinery pkg/util/wait/backoff.go, DelayWithReset',
  ],
})

/** How often a request is sent again, at most, when the server says after how long. */
export function maxRetries(minor: number): number {
  return has(minor, clientGo.asksTenTimesAgain) ? 10 : 9
}
