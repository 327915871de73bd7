import type { Secret } from '../api/types/core.ts'
import { listAt } from '../go/json.ts'
import { millisecondsOf } from '../sim/input/formats.ts'
import { assumptionsOn } from './assumptions.ts'
import { blockersOf } from './blockers.ts'
import { type AppliedCluster, applyGiven } from './cluster.ts'
import { type GivenObject, type ManifestFile, readGiven } from './given.ts'
import { inInstallOrder } from './helm.ts'
import { stripLive } from './live.ts'
import type { CheckOptions } from './options.ts'
import { checkCall } from './options-schema.ts'
import { containersIn, podSpecOf } from './references.ts'
import { remarksOnCertificates, remarksOnPulls } from './remarks/secret-types.ts'
import {
  remarksOnReferences,
  remarksOnRights,
  remarksOnSecretKinds,
  remarksOnUnused,
  type Use,
} from './remarks/secret-uses.ts'
import { remarksOnPlainText, remarksOnValues, remarksOnVariable } from './remarks/secret-values.ts'
import { type Find, remarksOnExpansion, remarksOnNamed, remarksOnSubPaths } from './remarks/variables.ts'
import { remarksOnIdle, remarksOnOverridden } from './remarks/workloads.ts'
import type { Blocker, CheckReport, Remark, Started } from './report.ts'
import { objectName } from './words.ts'
import { type Workload, workloadsOf } from './workloads.ts'

/**
 * Applies manifests to a simulated cluster, lets time pass, and says what was refused, what does not start and why, and
 * what starts but is worth a look. Values of Secrets are in no part of the answer. Throws a SimUsageError where an option is wrong.
 */
export function checkManifests(files: readonly ManifestFile[], options: CheckOptions = {}): CheckReport {
  checkCall('checkManifests', files, options)
  const { version = 'v1.36', seeds = 1 } = options
  const forMs = millisecondsOf(options.for ?? '10m')
  const { objects, unreadable } = readGiven(files)
  const { objects: installed, leftOut } = inInstallOrder(objects)
  const stripped = { ...stripLive(installed), hooks: leftOut }
  const runs = Array.from({ length: seeds }, (_, i) => runOnce(stripped.objects, options, String(i + 1), forMs))
  const [first] = runs
  const cluster = first?.cluster
  return {
    version,
    seeds,
    forMs,
    objects: stripped.objects.length,
    unreadable,
    refused: cluster?.refused ?? [],
    blocked: mergeBlockers(runs.map(({ blocked }) => blocked)),
    remarks: first === undefined ? [] : remarksOn(first.cluster, first.workloads),
    assumed: cluster === undefined ? [] : assumptionsOn(cluster, stripped, options),
    started: mergeStarted(runs.map(({ started }) => started)),
  }
}

interface Run {
  readonly cluster: AppliedCluster
  readonly workloads: readonly Workload[]
  readonly blocked: readonly Blocker[]
  readonly started: readonly Started[]
}

function runOnce(objects: readonly GivenObject[], options: CheckOptions, seed: string, forMs: number): Run {
  const cluster = applyGiven(objects, options, seed)
  const appliedAtMs = cluster.sim.now()
  cluster.sim.runFor(forMs)
  const workloads = workloadsOf(cluster)
  return {
    cluster,
    workloads,
    blocked: blockersOf(cluster, workloads),
    started: workloads.flatMap(({ given, startedAtMs, idle }) =>
      startedAtMs === undefined || idle !== undefined
        ? []
        : [
            {
              workload: objectName(given, cluster.namespace),
              place: given.place([]),
              afterMs: Math.max(0, startedAtMs - appliedAtMs),
            },
          ],
    ),
  }
}

/** A cause that several runs have is told once, as its first run shows it. */
function mergeBlockers(runs: readonly (readonly Blocker[])[]): readonly Blocker[] {
  const merged = new Map<string, Blocker>()
  for (const blocker of runs.flat()) {
    const { file, line, column } = blocker.place
    const key = JSON.stringify([blocker.cause, blocker.summary, file, line, column])
    const known = merged.get(key)
    merged.set(key, known === undefined ? blocker : { ...known, runs: known.runs + 1 })
  }
  return [...merged.values()]
}

/** Of each workload that started in every run, the slowest. */
function mergeStarted(runs: readonly (readonly Started[])[]): readonly Started[] {
  const merged = new Map<string, { readonly started: Started; readonly runs: number }>()
  for (const started of runs.flat()) {
    const known = merged.get(started.workload)
    const slowest = known !== undefined && known.started.afterMs > started.afterMs ? known.started : started
    merged.set(started.workload, { started: slowest, runs: (known?.runs ?? 0) + 1 })
  }
  return [...merged.values()].filter((each) => each.runs === runs.length).map(({ started }) => started)
}

/** Warnings and notes, each in the order of the files. */
function remarksOn(cluster: AppliedCluster, workloads: readonly Workload[]): readonly Remark[] {
  const { sim, applied, unknownKinds, rejected, namespace } = cluster
  const objects = [...applied, ...unknownKinds]
  const missingKeys = ({ namespace: home, reference: { kind, name, keys } }: Use): readonly string[] | undefined => {
    const object = sim.get<Secret>(kind, name, home)
    return object === undefined ? undefined : (keys ?? []).filter((key) => !Object.hasOwn(object.data ?? {}, key))
  }
  const find: Find = (kind, name, home) => sim.get(kind, name, home)
  const remarks = [
    ...remarksOnReferences(objects, namespace, missingKeys),
    ...remarksOnUnused(objects, namespace, rejected),
    ...remarksOnOverridden(applied, namespace),
    ...remarksOnIdle(workloads, namespace),
    ...remarksOnPulls(objects, namespace),
    ...remarksOnSubPaths(objects, namespace, find),
    ...objects.flatMap((given) => [
      ...remarksOnValues(given, namespace),
      ...remarksOnPlainText(given, namespace),
      ...remarksOnSecretKinds(given, namespace),
      ...remarksOnCertificates(given, namespace),
      ...remarksOnRights(given, namespace),
      ...variableRemarks(given, namespace),
      ...remarksOnExpansion(given, namespace, find),
      ...remarksOnNamed(given, namespace, find),
    ]),
  ]
  return remarks.sort((a, b) => (a.level === b.level ? 0 : a.level === 'warning' ? -1 : 1))
}

function variableRemarks(given: GivenObject, namespace: string): readonly Remark[] {
  const pod = podSpecOf(given)
  if (pod === undefined) return []
  const { spec, path } = pod
  return containersIn(spec, path).flatMap(({ container, path: at }) =>
    listAt(container, 'env').flatMap((variable, i) => remarksOnVariable(given, variable, [...at, 'env', i], namespace)),
  )
}
