import { withoutValue } from '../../api/change.ts'
import { at, deepEqual, goJson, isObject, type JsonObject, objectAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call } from '../cli/command.ts'
import { attempt, CommandFailure, fail, failAll, failureMessage } from '../cli/failure.ts'
import type { DryRun } from '../create/dry-run.ts'
import { visitEach } from '../resource/files.ts'
import { type Info, patchObject } from '../resource/info.ts'
import { lastApplied, originalConfiguration } from '../resource/last-applied.ts'
import {
  type Revision,
  requireHistory,
  requireTargets,
  restored,
  revisionsOf,
  templateText,
} from './rollout-history.ts'
import { entriesOf, ofRollouts } from './workloads.ts'
import { createReport, dryRunOf, patchTypes } from './write.ts'

/** Source: kubectl pkg/cmd/rollout/rollout_undo.go, pkg/polymorphichelpers/rollback.go. */
export function* undo(call: Call): Steps<number> {
  requireTargets(call)
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun, { structs: true, printsApart: true })
  const entries = yield* entriesOf(call, call.args, ofRollouts)
  failAll(yield* visitEach(entries, (info) => undoOne(call, info, dryRun, report)))
  return 0
}

function* undoOne(call: Call, info: Info, dryRun: DryRun, report: ReturnType<typeof createReport>): Steps<void> {
  requireHistory(info, 'rollbacker', 'rollbacker')
  if (call.session.version.undoWarnsOfApply && originalConfiguration(info.object) !== undefined)
    call.session.err(appliedBefore(info))
  report(info.object, yield* rolledBack(call, info, dryRun))
}

/** Source: pkg/cmd/rollout/rollout_undo.go, RunUndo; the binary of 1.36.3. */
function appliedBefore({ mapping, name }: Info): string {
  const why = "which may cause unexpected behavior on future 'kubectl apply' operations"
  return `Warning: resource ${mapping.resource}/${name} was previously managed with 'kubectl apply'. Rolling back will not update the ${lastApplied} annotation, ${why}. Consider using 'kubectl apply' with your previous configuration file instead.\n`
}

function* rolledBack(call: Call, info: Info, dryRun: DryRun): Steps<string> {
  const { session, flags } = call
  const wanted = flags.int('to-revision')
  const isDeployment = info.mapping.kind === 'Deployment'
  const target = targetOf(info, wanted < 0 ? [] : yield* revisionsOf(call, info), wanted)
  if (dryRun === 'client') {
    if (isDeployment) return templateText(call, info, target.template)
    const template = at(restored(call, info, target.record), 'spec', 'template')
    return `will roll back to ${templateText(call, info, template)}`
  }
  if (isDeployment && at(info.object, 'spec', 'paused') === true) {
    const named = session.version.undoNamesNoDeployment ? '' : ` deployment/${info.name}`
    fail(`you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume${named}' and try again`)
  }
  if (matches(info, target)) return `skipped rollback (current template already matches revision ${wanted})`
  const { type, body } = isDeployment
    ? { type: patchTypes.json, body: goJson(deploymentPatch(info, target)) }
    : { type: patchTypes.strategic, body: goJson(at(target.record, 'data')) }
  const result = yield* attempt(patchObject(session, info, type ?? '', body, { dryRun: dryRun === 'server' }))
  if (result.ok) return 'rolled back'
  const text = `failed restoring revision ${wanted}: ${failureMessage(result.failure)}`
  throw new CommandFailure({ kind: 'message', text })
}

/** Without a number the one before the newest. */
function targetOf(info: Info, revisions: readonly Revision[], wanted: number): Revision {
  if (wanted !== 0) {
    return (
      revisions.find(({ revision }) => revision === wanted) ??
      fail(`unable to find specified revision ${wanted} in history`)
    )
  }
  return (
    revisions.at(-2) ??
    fail(
      info.mapping.kind === 'Deployment'
        ? `no rollout history found for deployment ${goQuote(info.name)}`
        : 'no last revision to roll back to',
    )
  )
}

/** Whether the template is that one already; the label that tells ReplicaSets apart does not count. */
function matches(info: Info, { template }: Revision): boolean {
  const now = at(info.object, 'spec', 'template')
  return deepEqual(bare(now), bare(template))
}

function bare(template: unknown): unknown {
  const unhashed = withoutValue(template, ['metadata', 'labels', 'pod-template-hash'])
  return isObject(unhashed) ? withoutValue(unhashed, ['$patch']) : unhashed
}

/** Annotations that stay the Deployment's own. Source: rollback.go, annotationsToSkip. */
const ownAnnotations = [
  lastApplied,
  ...['revision', 'revision-history', 'desired-replicas', 'max-replicas'].map(
    (name) => `deployment.kubernetes.io/${name}`,
  ),
  'deprecated.deployment.rollback.to',
]

/** Template and annotations of the ReplicaSet. Source: rollback.go, getDeploymentPatch. */
function deploymentPatch(info: Info, { template, record }: Revision): unknown {
  const kept = ownOf(objectAt(info.object, 'metadata', 'annotations'), true)
  const annotations = { ...kept, ...ownOf(objectAt(record, 'metadata', 'annotations'), false) }
  return [
    { op: 'replace', path: '/spec/template', value: bare(template) },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ]
}

function ownOf(annotations: JsonObject, own: boolean): JsonObject {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => ownAnnotations.includes(name) === own))
}
