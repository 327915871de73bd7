import { setup } from 'xstate'

/**
 * The states of one reflector: client-go's ListAndWatch. Source: client-go tools/cache/reflector.go; facts/kubelet.md 1.4.
 * Every reflector is an instance of its table: there are too many of them for actors.
 */
export type ReflectorEvent =
  | { readonly type: 'start' }
  /** As `start` and `waited`, for one that streams what there is (WatchList) instead of listing it. */
  | { readonly type: 'start.streaming' }
  | { readonly type: 'waited.streaming' }
  /** The bookmark came that ends what there was. */
  | { readonly type: 'stream.synced' }
  /** The server can't, or may not, stream: it is listed in the old way. */
  | { readonly type: 'stream.failed' }
  /** It ended before that bookmark, or from a version that is not to be had. */
  | { readonly type: 'stream.ended' }
  | { readonly type: 'list.succeeded' }
  | { readonly type: 'list.failed' }
  /** The watch ended as it should: it ran out of time, or its connection ended after it had lasted. */
  | { readonly type: 'watch.ended' }
  /** It ended with nothing in it within a second, with an error (410 included), or could not be opened. */
  | { readonly type: 'watch.failed' }
  /** Nobody listens at the server's port: it will be there again, and the watch can go on where it stopped. */
  | { readonly type: 'watch.refused' }
  | { readonly type: 'waited' }
  | { readonly type: 'stop' }

export const reflectorMachine = setup({ types: {} as { events: ReflectorEvent } }).createMachine({
  id: 'reflector',
  initial: 'idle',
  on: { stop: '.stopped' },
  states: {
    idle: { on: { start: 'listing', 'start.streaming': 'streaming' } },
    streaming: {
      on: {
        'stream.synced': 'watching',
        'stream.failed': 'listing',
        'stream.ended': { target: 'streaming', reenter: true },
        'watch.refused': 'waitingToStream',
      },
    },
    waitingToStream: { on: { waited: 'streaming' } },
    listing: { on: { 'list.succeeded': 'watching', 'list.failed': 'backingOff' } },
    watching: {
      on: {
        'watch.ended': { target: 'watching', reenter: true },
        'watch.failed': 'backingOff',
        'watch.refused': 'waitingForServer',
      },
    },
    waitingForServer: { on: { waited: 'watching' } },
    backingOff: { on: { waited: 'listing', 'waited.streaming': 'streaming' } },
    stopped: { on: { start: 'listing', 'start.streaming': 'streaming' } },
  },
})

export type ReflectorState = keyof (typeof reflectorMachine)['states'] & string
