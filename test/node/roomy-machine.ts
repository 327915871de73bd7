import { MachineSpace } from '../../src/node/kubelet/eviction/machine-space.ts'

/** A machine on which nothing runs short. */
export function roomyMachine(): MachineSpace {
  return new MachineSpace({ memory: 2 ** 34, disk: 2 ** 37 }, { memory: () => 0, disk: () => 0 })
}
