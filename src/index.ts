export type { Journal, JournalObject, JournalQuery, JournalRecord } from './kernel/journal.ts'
export type { VirtualMs } from './kernel/time.ts'
export type { CommandResult, ContainerRef, FileSnapshot } from './looks/containers.ts'
export type { UpdateDelay } from './looks/delays.ts'
export type { NodeFile } from './looks/node-files.ts'
export type { NodeMemory } from './looks/node-memory.ts'
export type { RequestCounts, SecretTraffic } from './looks/traffic.ts'
export type { VolumeFile } from './looks/volume-files.ts'
export type { Explanation } from './looks/why.ts'
export { createSim } from './sim/create-sim.ts'
export {
  type Duration,
  type ImageOptions,
  type KubeletOptions,
  type NetworkOptions,
  type NodeOptions,
  type SimOptions,
  SimUsageError,
} from './sim/options.ts'
export type { CommandOptions, EventQuery, Fault, MachineState, Sim, SimRequest } from './sim/sim.ts'
