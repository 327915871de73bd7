import { parseLabelSelector } from '../../api/label-selector.ts'
import { compareBytes, isObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Mapping } from '../api/discovery.ts'
import type { Call } from '../cli/command.ts'
import { attempt, CommandFailure, type Failure, fail, failureMessage } from '../cli/failure.ts'
import { klogPrefix } from '../cli/klog.ts'
import type { DryRun } from '../create/dry-run.ts'
import { deleteObject, type Info, listObjects } from '../resource/info.ts'
import { hasAnnotation } from '../resource/last-applied.ts'
import { propagationPolicy } from './delete.ts'
import { createReport } from './write.ts'

/** `apply --prune`: what was applied once and stands in no file any more is deleted. Source: kubectl pkg/cmd/apply/prune.go, pkg/util/prune/prune.go. */

interface PruneKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly mapping: Mapping
}

/** What apply has seen. */
export interface Visited {
  readonly uids: ReadonlySet<string>
  readonly namespaces: ReadonlySet<string>
}

/** Source: apply.go, Validate; before 1.25 validatePruneAll. */
export function checkPruning({ session, flags }: Call): void {
  const [prunes, all, selector] = [flags.bool('prune'), flags.bool('all'), flags.string('selector')]
  if (all && selector !== '') fail('cannot set --all and --selector at the same time')
  if (!prunes) return
  if (flags.bool('force') && session.version.pruneRefusesForce) fail('--force cannot be used with --prune')
  if (!all && selector === '')
    fail(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    )
  if (flags.bool('server-side') && session.version.pruneRefusesServerSide)
    fail("--prune is in alpha and doesn't currently work on objects created by server-side apply")
}

/** The kinds that a flag names; none: those that go without saying. Source: prune.go, ParseResources. */
export function* kindsToPrune({ session, flags }: Call): Steps<readonly PruneKind[]> {
  const kinds: PruneKind[] = []
  for (const text of flags.list(flags.has('prune-allowlist') ? 'prune-allowlist' : 'prune-whitelist')) {
    const parts = text.split('/')
    if (parts.length !== 3) fail(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`)
    const [group = '', version = '', kind = ''] = parts
    kinds.push(yield* pruneKind(session, group === 'core' ? '' : group, version, kind))
  }
  return kinds
}

function* pruneKind({ discovery }: Call['session'], group: string, version: string, kind: string): Steps<PruneKind> {
  const mapping = yield* discovery.forKind(group === '' ? version : `${group}/${version}`, kind)
  return { group, version, kind, mapping }
}

function defaultKinds({ version }: Call['session']): readonly (readonly [string, string, string, boolean])[] {
  const cronJobs = version.prunesCronJobsV1 ? 'v1' : 'v1beta1'
  const core = ['ConfigMap', 'Endpoints', 'PersistentVolumeClaim', 'Pod', 'ReplicationController', 'Secret', 'Service']
  const apps = ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']
  return [
    ...core.map((kind) => ['', 'v1', kind, true] as const),
    ['batch', 'v1', 'Job', true],
    ['batch', cronJobs, 'CronJob', true],
    version.prunesIngressesV1
      ? ['networking.k8s.io', 'v1', 'Ingress', true]
      : ['extensions', 'v1beta1', 'Ingress', true],
    ...apps.map((kind) => ['apps', 'v1', kind, true] as const),
    ['', 'v1', 'Namespace', false],
    ['', 'v1', 'PersistentVolume', false],
  ]
}

function* allKinds(call: Call, asked: readonly PruneKind[]): Steps<readonly PruneKind[]> {
  const { session } = call
  if (asked.length > 0) return asked
  if (session.version.pruneWarnsOfNamespace)
    session.err(
      `${klogPrefix(session.host.now(), 'W')}prune.go:71] Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.\n`,
    )
  const kinds: PruneKind[] = []
  for (const [group, version, kind, namespaced] of defaultKinds(session)) {
    const found = yield* attempt(pruneKind(session, group, version, kind))
    if (!found.ok)
      return fail(
        `error retrieving RESTMappings to prune: invalid resource ${group}/${version}, Kind=${kind}, Namespaced=${namespaced}: ${failureMessage(found.failure)}`,
      )
    kinds.push(found.value)
  }
  return kinds
}

/** Namespaces come in the order of bytes (real: random). */
export function* prune(call: Call, asked: readonly PruneKind[], visited: Visited, dryRun: DryRun): Steps<void> {
  const kinds = yield* allKinds(call, asked)
  for (const namespace of [...visited.namespaces].sort(compareBytes))
    for (const kind of kinds) if (kind.mapping.namespaced) yield* pruneIn(call, kind, namespace, visited, dryRun)
  for (const kind of kinds) if (!kind.mapping.namespaced) yield* pruneIn(call, kind, '', visited, dryRun)
}

function* pruneIn(call: Call, kind: PruneKind, namespace: string, visited: Visited, dryRun: DryRun): Steps<void> {
  const result = yield* attempt(pruneKindIn(call, kind, namespace, visited, dryRun))
  if (result.ok) return
  const { group, version } = kind
  const named = `${group === '' ? '' : group}/${version}, Kind=${kind.kind}`
  const scope = namespace === '' ? 'nonNamespaced' : 'namespaced'
  throw new CommandFailure(told(`error pruning ${scope} object ${named}: `, result.failure))
}

function told(head: string, failure: Failure): Failure {
  return { kind: 'message', text: `${head}${failureMessage(failure)}` }
}

function* pruneKindIn(call: Call, kind: PruneKind, namespace: string, visited: Visited, dryRun: DryRun): Steps<void> {
  const { session, flags } = call
  const { mapping } = kind
  const found: unknown[] = []
  const selection = { labelSelector: flags.string('selector'), fieldSelector: '' }
  yield* listObjects(session, mapping, namespace, selection, (page) => found.push(...listAt(page, 'items')))
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
  const report = createReport(call, dryRun)
  for (const item of found) {
    if (!hasAnnotation(item) || visited.uids.has(textAt(item, 'metadata', 'uid'))) continue
    const info: Info = { mapping, namespace, name: textAt(item, 'metadata', 'name'), source: '', object: item }
    if (dryRun !== 'client') yield* deleteObject(session, info, deletionOf(call), { dryRun: dryRun === 'server' })
    report({ apiVersion, kind: kind.kind, ...(isObject(item) ? item : {}) }, 'pruned')
  }
}

/** Source: prune.go, asDeleteOptions; before 1.20 runDelete. */
export function deletionOf(call: Call): object {
  const { session, flags } = call
  const grace = flags.int('grace-period')
  const cascade = flags.string('cascade')
  const byDefault = session.version.cascadesByName ? 'Background' : cascade === 'false' ? 'Orphan' : 'Foreground'
  return {
    kind: 'DeleteOptions',
    apiVersion: 'meta.k8s.io/v1',
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    propagationPolicy:
      session.version.cascadesByName && flags.changed('cascade') ? propagationPolicy(call, cascade) : byDefault,
  }
}

/** Objects of files that a selector takes. Source: cli-runtime pkg/resource/visitor.go, FilterByLabelSelector. */
export function selectedOf(infos: readonly Info[], selector: string): readonly Info[] {
  if (selector === '') return infos
  const parsed = parseLabelSelector(selector, schemaMinor)
  if (!parsed.ok) return fail(`the provided selector ${goQuote(selector)} is not valid: ${parsed.message}`)
  return infos.filter(({ object }) => parsed.selector.matches(labelsOf(object)))
}

/** Words of mistakes in keys are kubectl's own. */
const schemaMinor = 36

function labelsOf(object: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(objectAt(object, 'metadata', 'labels')).map(([key, value]) => [key, String(value)]),
  )
}
