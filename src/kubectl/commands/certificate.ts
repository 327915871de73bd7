import { withValue } from '../../api/change.ts'
import { goJson, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, type Failure, fail, failAll, failureMessage, isReason } from '../cli/failure.ts'
import { bool, type FlagSpec } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { printFlags } from '../print/printers.ts'
import { filenameFlags, namesFiles, readAgain, readFiles } from '../resource/files.ts'
import { getObject, type Info } from '../resource/info.ts'
import { select } from '../resource/select.ts'
import { createReport } from './write.ts'

const flags: readonly FlagSpec[] = [...printFlags, ...filenameFlags, bool('force')]

/** What is said of a request, and what may not have been said before. */
interface Verdict {
  readonly type: 'Approved' | 'Denied'
  readonly opposite: 'Approved' | 'Denied'
  readonly reason: string
  readonly message: string
}

const approval: Verdict = {
  type: 'Approved',
  opposite: 'Denied',
  reason: 'KubectlApprove',
  message: 'This CSR was approved by kubectl certificate approve.',
}

const denial: Verdict = {
  type: 'Denied',
  opposite: 'Approved',
  reason: 'KubectlDeny',
  message: 'This CSR was denied by kubectl certificate deny.',
}

/** Source: kubectl pkg/cmd/certificates/certificates.go. */
export const certificateCommand: Command = {
  name: 'certificate',
  short: 'Modify certificate resources.',
  modernLong: 'Modify certificate resources.',
  usage: 'SUBCOMMAND [options]',
  listing: { exitCode: 0 },
  children: [
    {
      name: 'approve',
      short: 'Approve a certificate signing request',
      flags,
      run: (call) => decide(call, approval),
    },
    { name: 'deny', short: 'Deny a certificate signing request', flags, run: (call) => decide(call, denial) },
  ],
}

const plural = 'certificatesigningrequests'
const group = 'certificates.k8s.io'

/** What is printed is the object as it was before. Source: modifyCertificateCondition. */
function* decide(call: Call, verdict: Verdict): Steps<number> {
  const { session, args } = call
  if (args.length === 0 && !namesFiles(call.flags))
    fail('one or more CSRs must be specified as <name> or -f <filename>')
  const report = createReport(call, 'none')
  const defaultType = session.version.certificatesHaveOneVerdict ? plural : `${plural}.v1beta1.${group}`
  const entries = namesFiles(call.flags)
    ? yield* readAgain(session, yield* readFiles(session, call.flags, {}))
    : (yield* select(session, { args, defaultType })).entries
  const failures: Failure[] = []
  let found = 0
  for (const entry of entries) {
    const told = entry.ok ? yield* attempt(tell(call, entry.info, verdict)) : entry
    if (told.ok) found++
    else failures.push(told.failure)
    if (told.ok && 'value' in told) report(told.value, verdict.type.toLowerCase())
  }
  if (found === 0 && (failures.length === 0 || !session.version.certificatesHaveOneVerdict))
    session.out('No resources found\n')
  failAll(failures)
  return 0
}

const conflicts = 10

function* tell(call: Call, info: Info, verdict: Verdict): Steps<unknown> {
  const { session } = call
  checkKind(session, info)
  let { object } = info
  for (let i = 0; ; i++) {
    const request = yield* readTyped(session, info)
    const next = withVerdict(session, request, verdict)
    if (next === undefined && !call.flags.bool('force')) return object
    const written = yield* attempt(writeApproval(session, next ?? request))
    if (written.ok) return object
    if (!isReason(written.failure, 'Conflict') || i >= conflicts) throw new CommandFailure(written.failure)
    object = yield* getObject(session, info)
  }
}

function checkKind(session: Session, { mapping }: Info): void {
  if (mapping.group === group && mapping.kind === 'CertificateSigningRequest') return
  if (!session.version.certificatesHaveOneVerdict)
    fail('can only handle certificates.k8s.io/v1beta1 certificate signing requests')
  const got = mapping.group === '' ? mapping.kind : `${mapping.kind}.${mapping.group}`
  fail(`can only handle CertificateSigningRequest.${group} objects, got ${got}`)
}

/** The request in the newest version that both sides speak. */
function* readTyped(session: Session, { name, object }: Info): Steps<unknown> {
  const { certificatesHaveOneVerdict, certificatesOfV1Only } = session.version
  if (!certificatesHaveOneVerdict) return object
  const ask = (version: string) =>
    session.rest.tryRequest('GET', pathOf(version, name), { resource: `${plural}.${group}` })
  const first = yield* ask('v1')
  if (first.ok) return first.value
  const last = isReason(first.failure, 'NotFound') && !certificatesOfV1Only ? yield* ask('v1beta1') : first
  if (last.ok) return last.value
  if (!isReason(last.failure, 'NotFound')) throw new CommandFailure(last.failure)
  const which = certificatesOfV1Only ? 'v1' : 'v1 or v1beta1'
  return fail(`could not find ${which} version of ${name}: ${failureMessage(last.failure)}`)
}

function pathOf(version: string, name: string): string {
  return `/apis/${group}/${version}/${plural}/${name}`
}

/** Undefined: it has been said before. Source: addConditionIfNeeded. */
function withVerdict(session: Session, request: unknown, { type, opposite, reason, message }: Verdict): unknown {
  const { certificatesHaveOneVerdict } = session.version
  const conditions = listAt(request, 'status', 'conditions')
  const types = conditions.map((condition) => textAt(condition, 'type'))
  if (certificatesHaveOneVerdict && types.includes(opposite))
    fail(`certificate signing request ${goQuote(textAt(request, 'metadata', 'name'))} is already ${opposite}`)
  if (types.includes(type)) return undefined
  const status = certificatesHaveOneVerdict ? { status: 'True' } : {}
  const lastUpdateTime = rfc3339(session.host.now())
  return withValue(
    request,
    ['status', 'conditions'],
    [...conditions, { type, ...status, reason, message, lastUpdateTime }],
  )
}

function* writeApproval(session: Session, request: unknown): Steps<unknown> {
  const version = textAt(request, 'apiVersion').split('/')[1] ?? ''
  return yield* session.rest.request('PUT', `${pathOf(version, textAt(request, 'metadata', 'name'))}/approval`, {
    body: goJson(request),
    resource: `${plural}.${group}`,
  })
}
