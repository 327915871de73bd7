export { checkManifests } from './check/check.ts'
export type { ManifestFile, Place } from './check/given.ts'
export type { MappedSecret, SecretUser } from './check/mapped-secret.ts'
export type { CheckOptions, HadObject } from './check/options.ts'
export type { OtherWay } from './check/other-uses.ts'
export type { ReferenceWay } from './check/references.ts'
export {
  type Assumption,
  allStarts,
  type Blocker,
  type CheckReport,
  type ObjectName,
  type Refusal,
  type Remark,
  type Started,
  type Waiting,
} from './check/report.ts'
export {
  type RotationEffect,
  type RotationOptions,
  type RotationReport,
  type RotationRow,
  rotationOf,
} from './check/rotation.ts'
export type { RotationChoices } from './check/rotation-choices.ts'
export { clusterSecretMap, type MapOptions, secretMap } from './check/secret-map.ts'
export type { Asked, RequestError, Watch, WatchNews } from './client/client.ts'
export type { Change } from './client/informer.ts'
export type { ClusterJournal as Journal, ClusterRecord as JournalRecord } from './cluster/records.ts'
export type {
  DelayParts,
  DelayRow,
  Flow,
  Hop,
  Lane,
  LaneKind,
  Mark,
  MarkKind,
  Moment,
  Never,
  Revision,
  Segment,
  Way,
} from './flow/flow.ts'
export type { FlowingSecret, Flows } from './flow/flows.ts'
export { createTimeAxis, type TimeAxis } from './flow/time-axis.ts'
export type { UpdateDelay } from './flow/update-delays.ts'
export { nextSyncAt, type PlaceOfRevision, whereIs } from './flow/where-is.ts'
export { all, settled } from './kernel/all.ts'
export { firstOf } from './kernel/first-of.ts'
export { hear } from './kernel/hear.ts'
export type { JournalObject, JournalQuery } from './kernel/journal.ts'
export { Once } from './kernel/once.ts'
export { Scope } from './kernel/scope.ts'
export { attempt, endable, forever, type Outcome, type Steps, type Wait, wait } from './kernel/steps.ts'
export type { VirtualMs } from './kernel/time.ts'
export type { CommandResult, ContainerRef, ExecOutcome, FileSnapshot } from './looks/containers.ts'
export type { ImageAssumption } from './looks/image-assumptions.ts'
export type { MachineState, MachineStep } from './looks/machines.ts'
export type { NodeFile } from './looks/node-files.ts'
export type { NodeMemory } from './looks/node-memory.ts'
export type { RequestCounts, SecretTraffic } from './looks/traffic.ts'
export type { VolumeAssumption } from './looks/volume-assumptions.ts'
export type { VolumeFile } from './looks/volume-files.ts'
export type { Explanation } from './looks/why.ts'
export { createSim } from './sim/create-sim.ts'
export type { Duration } from './sim/input/formats.ts'
export type { ImageOptions, KubeletOptions, NetworkOptions, NodeOptions, SimOptions } from './sim/options.ts'
export type { AdmissionAsked, AdmissionHandle, AdmissionHook } from './sim/own/admission.ts'
export type {
  ControllerBody,
  ControllerContext,
  ControllerOptions,
  OwnController,
  SimInformer,
} from './sim/own/controller.ts'
export { OwnCodeError } from './sim/own/mistakes.ts'
export type { OwnProcess, OwnProgram, RequestHandler, ServedReply, ServedRequest } from './sim/own/programs.ts'
export { type Resource, resources, type SimClient as Client } from './sim/resources.ts'
export type {
  ClientUser,
  Command,
  CommandOptions,
  EventQuery,
  Fault,
  KnownKinds,
  RunningCommand,
  Sim,
  SimRequest,
} from './sim/sim.ts'
export { SimUsageError } from './sim/usage-error.ts'
export { sleep } from './sim/waits.ts'

/* What an API object looks like, for the kinds that Secrets touch. */

export type { ConfigMap, Event, Namespace, Node, Pod, Secret, ServiceAccount } from './api/types/core.ts'
export type { KubeObject, ObjectMeta } from './api/types/meta.ts'
export type { Deployment, Job, ReplicaSet, StatefulSet } from './api/types/workloads.ts'
export type { HttpAnswer, HttpStream } from './client/server.ts'
