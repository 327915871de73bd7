import type { Mutant } from './mutant.ts'

/** Mistakes in how often something comes, and in what comes before what: each run by itself could be a real one. */
export const drawMutants: readonly Mutant[] = [
  {
    name: 'the authorizer is later than four Pods of five',
    file: 'src/cluster/networks.ts',
    from: 'has(minor, clientGo.streamsLists) ? 0.014 : 0.07',
    to: 'has(minor, clientGo.streamsLists) ? 0.014 : 0.8',
    noticedBy: { tests: ['test/cluster/networks.test.ts'] },
  },
  {
    name: 'the authorizer is as late for each Pod as for the one before',
    file: 'src/cluster/networks.ts',
    from: 'random.loose(`apiserver/node-graph/${namespace}/${name}/${uid}`)',
    to: "random.loose('apiserver/node-graph')",
    noticedBy: { tests: ['test/cluster/networks.test.ts'] },
  },
  {
    name: 'maps of Go are walked from the front but for one walk of nine',
    file: 'src/node/volumes/rotation.ts',
    from: 'const bucketSlots = 8',
    to: 'const bucketSlots = 64',
    noticedBy: { tests: ['test/node/volumes/plugins/update-order.test.ts', 'test/node/volumes/map-walks.test.ts'] },
  },
  {
    name: 'files of an update are always written in the same order',
    file: 'src/node/volumes/plugins/map-walks.ts',
    from: 'if (paths.length < 2) return paths',
    to: 'if (paths.length < 20) return paths',
    noticedBy: { tests: ['test/node/volumes/plugins/update-order.test.ts'] },
  },
  {
    name: "a Pod's directory waits for its worker",
    file: 'src/node/kubelet/loop/cleanup.ts',
    from: '!(isBusy && hasSandbox)',
    to: '!isBusy',
    noticedBy: { tests: ['test/judge/many-seeds.soak.test.ts'], titles: 'delete-waiting' },
  },
]
