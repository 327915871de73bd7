import type { Mutant } from './mutant.ts'

const scenario = (titles: string): Mutant['noticedBy'] => ({ tests: ['test/golden/golden.test.ts'], titles })

/**
 * Parts of the engine that are taken out: if a scenario went on without one, it would be decoration
 * (docs/decisions/0002-compiled-machines.md, 0006-processes-and-streams.md).
 */
export const withoutParts: readonly Mutant[] = [
  {
    name: 'without processes nothing is done',
    file: 'src/kernel/process.ts',
    from: '    run.advance()\n    return run',
    to: '    return run',
    noticedBy: scenario('first-light'),
  },
  {
    name: 'without the machine of reflectors nobody sees what is new',
    file: 'src/client/reflector.machine.ts',
    from: "'list.succeeded': 'watching'",
    to: "'list.succeeded': 'listing'",
    noticedBy: scenario('first-light'),
  },
  {
    name: 'without the machine of kubelets no Pod runs',
    file: 'src/node/kubelet/kubelet.machine.ts',
    from: "waitingForNode: { on: { 'node.synced': 'waitingForSources'",
    to: "waitingForNode: { on: { 'node.synced': 'registering'",
    noticedBy: scenario('first-light'),
  },
  {
    name: 'without the machine of Pod workers no Pod is synced',
    file: 'src/node/kubelet/pods/pod-worker.machine.ts',
    from: "'status.fresh': 'syncing'",
    to: "'status.fresh': 'waitingForStatus'",
    noticedBy: scenario('first-light'),
  },
  {
    name: 'without the machine of volumes no Secret is mounted',
    file: 'src/node/volumes/volume.machine.ts',
    from: "    mounting: { on: { 'mount.succeeded': 'mounted'",
    to: "    mounting: { on: { 'mount.succeeded': 'mounting'",
    noticedBy: scenario('first-light'),
  },
  {
    name: 'without the machine of containers none says why it waits',
    file: 'src/node/kubelet/pods/container.machine.ts',
    from: "'image.backOff': 'ImagePullBackOff'",
    to: "'image.backOff': 'ContainerCreating'",
    noticedBy: scenario('private-registry'),
  },
  {
    name: 'without the machine of image pulls none is tried again',
    file: 'src/node/images/image-pull.machine.ts',
    from: "'backOff.over': 'needed'",
    to: "'backOff.over': 'ImagePullBackOff'",
    noticedBy: scenario('private-registry'),
  },
  {
    name: 'without the machine of nodes none that is lost gets its taint',
    file: 'src/controllers/node-lifecycle/node.machine.ts',
    from: "reachable: { on: { lost: 'taintDue' } }",
    to: "reachable: { on: { lost: 'tainted' } }",
    noticedBy: scenario('lost-node'),
  },
  {
    name: 'without the machine of zones a lost zone is tainted as any other',
    file: 'src/controllers/node-lifecycle/zone.machine.ts',
    from: "lost: 'FullDisruption'",
    to: "lost: 'Normal'",
    noticedBy: { tests: ['test/controllers/node-lifecycle.test.ts', 'test/controllers/vectors.test.ts'] },
  },
  {
    name: 'without drafts nobody changes an object',
    file: 'src/api/change.ts',
    from: '  return drafts.produce(object, (draft) => {\n    recipe(draft)\n  })',
    to: '  void recipe\n  return object',
    noticedBy: scenario('first-light'),
  },
]
