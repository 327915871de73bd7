import { type Mutant, sessions, timelines } from './mutant.ts'

/** Mistakes that leave every order as it is: only the time windows of the recordings, their counts and their nodes tell. */
export const windowMutants: readonly Mutant[] = [
  {
    name: 'idle Pods are synced every 61..92 s',
    file: 'src/node/kubelet/pods/pod-workers.ts',
    from: 'resyncJitter: 0.5,',
    to: 'resyncJitter: 0.54,',
    noticedBy: timelines("'upd-cache-0'"),
  },
  {
    name: 'Pods in error are synced every 11..17 s',
    file: 'src/node/kubelet/pods/pod-workers.ts',
    from: 'backOff: { baseMs: 10 * second, factor: 0.5 }',
    to: 'backOff: { baseMs: 10 * second, factor: 0.7 }',
    noticedBy: timelines("'late-env-150s'"),
  },
  {
    name: 'a Pod waits two seconds longer for its volumes',
    file: 'src/node/volumes/volume-manager.ts',
    from: 'waitTimeoutMs: 123 * second,',
    to: 'waitTimeoutMs: 125 * second,',
    noticedBy: timelines('missing-vol'),
  },
  {
    name: 'the runtime is looked at twice a second',
    file: 'src/node/kubelet/loop/phases.ts',
    from: 'plegMs: second,',
    to: 'plegMs: second / 2,',
    noticedBy: timelines("'normal-start'"),
  },
  {
    name: 'in v1.36 a Pod is synced three times at its start, as before',
    file: 'src/node/kubelet/pods/pod-workers.ts',
    from: 'const newsApart = 0.25',
    to: 'const newsApart = 1',
    noticedBy: { tests: ['test/judge/timelines-v1.36.test.ts'], titles: 'are drawn as the real ones were' },
  },
  {
    name: 'the spam filter lets 27 events through, not 25',
    file: 'src/client/event-correlator.ts',
    from: 'spamBurst: 25,',
    to: 'spamBurst: 27,',
    noticedBy: timelines("'crash'"),
  },
  {
    name: 'the spam filter has room for another event after 330 s, not 300 s',
    file: 'src/client/event-correlator.ts',
    from: 'spamRefillMs: 300 * second,',
    to: 'spamRefillMs: 330 * second,',
    noticedBy: timelines('missing-env'),
  },
  {
    name: 'a watch that nobody needs is given up after three minutes, not five',
    file: 'src/node/secrets/watch-manager.ts',
    from: 'const idleSyncPeriods = 5',
    to: 'const idleSyncPeriods = 3',
    noticedBy: { tests: ['test/judge/timelines-v1.36.test.ts'], titles: "'idle-watch'" },
  },
  {
    name: 'rows of Pods name another node',
    file: 'src/apiserver/registry/kinds/pod-table.ts',
    from: "    pod.spec.nodeName || '<none>',",
    to: "    pod.spec.nodeName?.replace('-1', '-2') || '<none>',",
    noticedBy: sessions('status'),
  },
]
