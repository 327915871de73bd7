import {
  fixedSubPaths,
  fixedVariables,
  hiddenPullSecrets,
  mountedFirst,
  oneRevisionVariables,
  ownMounts,
  ownNamespaceVariables,
  requiredVariables,
  validVariableNames,
} from './containers.ts'
import { earlierCauses, forwardTime } from './engine.ts'
import type { Invariant } from './invariant.ts'
import { keptInMemory } from './leaks.ts'
import {
  cachedFallback,
  countedReferences,
  heldForPods,
  noTrafficWithoutPods,
  nothingLeft,
  quietImmutables,
} from './node-state.ts'
import {
  conflicts,
  immutability,
  increasingVersions,
  newIdentity,
  plainInput,
  soundContent,
  soundNames,
} from './objects.ts'
import { privateImages } from './private-images.ts'
import { nodesReadTheirOwn } from './reads.ts'
import { patientRetries } from './retries.ts'
import { roomForContainers } from './room.ts'
import { latePodsRun, namedReasons, nothingPending, updatesArrive } from './settled.ts'
import { strangersWithoutSecrets } from './strangers.ts'
import {
  atomicVolumes,
  exactItems,
  fileModes,
  forwardVolumes,
  ownNamespaceVolumes,
  remainingVolumes,
  requiredVolumes,
} from './volumes.ts'

/** All invariants; those that look in two places stand here twice under one id. S-09 is in watches.ts. */
export const invariants: readonly Invariant[] = [
  increasingVersions,
  newIdentity,
  plainInput,
  soundContent,
  soundNames,
  immutability,
  ownNamespaceVolumes,
  ownNamespaceVariables,
  conflicts,
  heldForPods,
  countedReferences,
  keptInMemory,
  atomicVolumes,
  forwardVolumes,
  oneRevisionVariables,
  fixedVariables,
  fixedSubPaths,
  mountedFirst,
  requiredVolumes,
  requiredVariables,
  exactItems,
  fileModes,
  validVariableNames,
  ownMounts,
  nothingLeft,
  remainingVolumes,
  quietImmutables,
  hiddenPullSecrets,
  strangersWithoutSecrets,
  roomForContainers,
  privateImages,
  patientRetries,
  namedReasons,
  nodesReadTheirOwn,
  updatesArrive,
  cachedFallback,
  latePodsRun,
  nothingPending,
  noTrafficWithoutPods,
  forwardTime,
  earlierCauses,
]
