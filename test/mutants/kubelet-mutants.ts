import { type Mutant, timelines } from './mutant.ts'

/** Loops and pauses of kubelets, and what they and their runtimes refuse. */
export const kubeletMutants: readonly Mutant[] = [
  {
    name: 'the first pause after a failed mount is 5 s, not 0.5 s',
    file: 'src/node/volumes/operation-back-off.ts',
    from: 'initialMs: 500,',
    to: 'initialMs: 5_000,',
    noticedBy: timelines('late-vol'),
  },
  {
    name: 'a Pod looks for its volumes every 3 s, not every 0.3 s',
    file: 'src/node/volumes/volume-manager.ts',
    from: 'waitPollMs: 300,',
    to: 'waitPollMs: 3_000,',
    noticedBy: timelines('late-vol|normal-start'),
  },
  {
    name: 'a Pod waits a minute for its volumes, not 123 s',
    file: 'src/node/volumes/volume-manager.ts',
    from: 'waitTimeoutMs: 123 * second,',
    to: 'waitTimeoutMs: 60 * second,',
    noticedBy: timelines('missing-vol'),
  },
  {
    name: 'volumes are looked through every 2 s, not every 0.1 s',
    file: 'src/node/volumes/volume-manager.ts',
    from: 'reconcilerMs: 100,',
    to: 'reconcilerMs: 2_000,',
    noticedBy: timelines('normal-start'),
  },
  {
    name: 'the node is tidied up every 20 s, not every 2 s',
    file: 'src/node/kubelet/loop/phases.ts',
    from: 'housekeepingMs: 2 * second',
    to: 'housekeepingMs: 20 * second',
    noticedBy: timelines('pod-end'),
  },
  {
    name: 'a variable that is no UTF-8 is sent by kubelets that cannot',
    file: 'src/node/kubelet/pods/build-container.ts',
    from: '!result.isText && has(minor, kubelet.sendsOnlyUtf8)',
    to: 'result.isText && !has(minor, kubelet.sendsOnlyUtf8)',
    noticedBy: { tests: ['test/node/runtime/refusals.test.ts'], titles: 'no UTF-8' },
  },
  {
    name: 'a tag that is not there is pulled all the same',
    file: 'src/node/runtime/registry.ts',
    from: 'const isAbsent = (name: string) => absent.has(normal(name))',
    to: 'const isAbsent = (name: string) => absent.has(name)',
    noticedBy: { tests: ['test/sim/declared-images.test.ts'], titles: 'without' },
  },
]
