import { withValue } from '../../api/change.ts'
import type { JsonObject } from '../../api/json.ts'
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { at, listAt, numberAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { alignTabs, describeTabs } from '../../go/tabwriter.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupKind } from '../api/discovery.ts'
import type { Call } from '../cli/command.ts'
import { fail, failAll } from '../cli/failure.ts'
import { describeTemplate, replicaSetsOf } from '../describe/workloads.ts'
import { DescribeWriter } from '../describe/writer.ts'
import { createStructPrinter } from '../print/printers.ts'
import { namesFiles, visitEach } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { causeAnnotation } from './change-cause.ts'
import { entriesOf, ofRollouts } from './workloads.ts'
import { createReport } from './write.ts'

/** Source: rollout_history.go, Validate. */
export function requireTargets(call: Call): void {
  if (call.args.length === 0 && !namesFiles(call.flags)) fail('required resource not specified')
}

const revisionAnnotation = 'deployment.kubernetes.io/revision'

/** The revision that a Deployment or ReplicaSet says it has. */
export function revisionOf(object: unknown): number {
  return Number(textAt(object, 'metadata', 'annotations', revisionAnnotation) || '0')
}

/** What a workload was once. */
export interface Revision {
  readonly revision: number
  readonly cause: string
  readonly template: unknown
  /** The ReplicaSet, or the ControllerRevision. */
  readonly record: unknown
}

/** Kinds that commands know without having a history of. Source: pkg/apps/kind_visitor.go, Accept. */
const visited: ReadonlySet<string> = new Set(
  'Job.batch Pod ReplicaSet.apps ReplicationController CronJob.batch'.split(' '),
)

/** Refuses what has no history. `what`: `history viewer`; `getting`: `history`. Source: pkg/polymorphichelpers/history.go, HistoryViewerFor. */
export function requireHistory({ mapping }: Info, what: string, getting: string): void {
  const kind = groupKind(mapping)
  if (['Deployment.apps', 'DaemonSet.apps', 'StatefulSet.apps'].includes(kind)) return
  if (visited.has(kind)) fail(`no ${what} has been implemented for ${goQuote(kind)}`)
  fail(
    `error retrieving ${getting} for ${goQuote(kind)}, no visitor method exists for {${mapping.group} ${mapping.kind}}`,
  )
}

/** By number, the oldest first. */
export function* revisionsOf(call: Call, info: Info): Steps<readonly Revision[]> {
  const cause = (object: unknown): string => textAt(object, 'metadata', 'annotations', causeAnnotation)
  const inOrder = (revisions: readonly Revision[]) => [...revisions].sort((a, b) => a.revision - b.revision)
  if (info.mapping.kind === 'Deployment') {
    const { all } = yield* replicaSetsOf(call.session, info.object)
    return inOrder(
      all.map((set) => ({
        revision: revisionOf(set),
        cause: cause(set),
        template: at(set, 'spec', 'template'),
        record: set,
      })),
    )
  }
  const path = `/apis/apps/v1/namespaces/${info.namespace}/controllerrevisions`
  const uid = textAt(info.object, 'metadata', 'uid')
  const records = listAt(yield* call.session.rest.request('GET', path), 'items').filter((one) =>
    listAt(one, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid),
  )
  return inOrder(
    records.map((record) => ({
      revision: numberAt(record, ['revision']),
      cause: cause(record),
      template: at(record, 'data', 'spec', 'template'),
      record,
    })),
  )
}

/** A Pod template as `describe` shows it, its tabs as they are. Source: pkg/polymorphichelpers/history.go, printTemplate. */
export function templateText({ session }: Call, info: Info, template: unknown): string {
  const w = new DescribeWriter()
  describeTemplate({ session, w, object: info.object, namespace: info.namespace, showEvents: false }, template)
  return w.raw()
}

/** Source: kubectl pkg/cmd/rollout/rollout_history.go, pkg/polymorphichelpers/history.go. */
export function* history(call: Call): Steps<number> {
  const { session, flags } = call
  requireTargets(call)
  const wanted = flags.int('revision')
  if (wanted < 0) fail(`revision must be a positive integer: ${wanted}`)
  const entries = yield* entriesOf(call, call.args, ofRollouts)
  const printsObjects = session.version.historyPrintsRevisions && flags.string('output') !== ''
  failAll(yield* visitEach(entries, (info) => (printsObjects ? printed(call, info) : told(call, info, wanted))))
  return 0
}

function* told(call: Call, info: Info, wanted: number): Steps<void> {
  requireHistory(info, 'history viewer', 'history')
  const revisions = yield* revisionsOf(call, info)
  const text = revisions.length === 0 ? 'No rollout history found.' : viewed(call, info, revisions, wanted)
  const report = createReport(call, 'none', { structs: true })
  report(info.object, `${wanted > 0 ? `with revision #${wanted}` : ''}\n${text}`)
}

function viewed(call: Call, info: Info, revisions: readonly Revision[], wanted: number): string {
  if (wanted === 0) {
    const lines = revisions.map(({ revision, cause }) => `${revision}\t${cause || '<none>'}`)
    return alignTabs(`${['REVISION\tCHANGE-CAUSE', ...lines].join('\n')}\n`, describeTabs)
  }
  const found = revisions.find(({ revision }) => revision === wanted) ?? fail('unable to find the specified revision')
  const isCaused = info.mapping.kind === 'Deployment' && found.cause !== ''
  const path = ['metadata', 'annotations', causeAnnotation]
  return templateText(call, info, isCaused ? withValue(found.template, path, found.cause) : found.template)
}

/** With `-o` the revisions themselves, as what the workload was. */
function* printed(call: Call, info: Info): Steps<void> {
  const { session, flags } = call
  const printer = createStructPrinter(session, flags)
  requireHistory(info, 'history viewer', 'history')
  const wanted = flags.int('revision')
  for (const { revision, record } of yield* revisionsOf(call, info)) {
    if (printer === undefined || (wanted > 0 && revision !== wanted)) continue
    session.out(printer(info.mapping.kind === 'Deployment' ? typedReplicaSet(record) : restored(call, info, record)))
  }
}

/** Items of a list come without their kind. */
function typedReplicaSet(set: unknown): unknown {
  return { kind: 'ReplicaSet', apiVersion: 'apps/v1', ...(set as object) } // a list's item
}

/** The workload with the revision's template. Source: history.go, applyDaemonSetHistory. */
export function restored({ session }: Call, info: Info, record: unknown): unknown {
  return applyStrategicMergePatch(
    info.object as JsonObject, // from the server
    at(record, 'data') as JsonObject, // made by its controller
    schemaOf(session.version.minor).kind(info.mapping),
  )
}
