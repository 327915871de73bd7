export type { Journal, JournalObject, JournalQuery, JournalRecord } from './kernel/journal.ts'
export type { VirtualMs } from './kernel/time.ts'
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
export type {
  CommandOptions,
  CommandResult,
  ContainerRef,
  EventQuery,
  Explanation,
  Fault,
  FileSnapshot,
  MachineState,
  NodeFile,
  RequestCounts,
  SecretTraffic,
  Sim,
  SimRequest,
  UpdateDelay,
  VolumeFile,
} from './sim/sim.ts'
