import { at, isObject, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { goValueText } from '../../go/value-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { resourcePath } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, fail, failAll, isReason, withoutReason } from '../cli/failure.ts'
import { array, bool, duration, flagSince, flagUntil, string } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { until } from '../cli/until.ts'
import { findJsonpath, relaxedTemplate, relaxedTemplateError } from '../print/jsonpath.ts'
import { createPrinter, objectName, printFlags } from '../print/printers.ts'
import { type Entry, namesFiles, readAgain, readFiles, visitEach } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'
import { waitGone } from './wait-gone.ts'

const severalSince = kubectl.waitsForSeveral.since

/** Source: kubectl pkg/cmd/wait/wait.go. */
export const waitCommand: Command = {
  name: 'wait',
  short: 'Experimental: Wait for a specific condition on one or many resources.',
  flags: [
    ...printFlags,
    string('filename', 'f'),
    bool('recursive', 'R', 'true'),
    flagUntil(severalSince, string('for')),
    flagSince(severalSince, array('for')),
    duration('timeout', '30s'),
    bool('all'),
    bool('all-namespaces', 'A'),
    string('selector', 'l'),
    string('field-selector'),
    bool('local'),
  ],
  run: wait,
}

type Check = 'gone' | 'created' | ((object: unknown) => boolean)

const weekMs = 168 * 3_600_000

function* wait(call: Call): Steps<number> {
  const { session, flags } = call
  const conditions = session.version.waitsForSeveral ? flags.list('for') : [flags.string('for')]
  if (conditions.length === 0) fail('unrecognized condition: []')
  const checks = conditions.map((condition) => checkOf(session, condition))
  const asked = flags.durationMs('timeout')
  const timeoutMs = asked < 0 ? weekMs : asked
  const deadline = session.host.now() + timeoutMs
  if (checks.includes('created') && !(yield* waitForCreated(call, timeoutMs)))
    fail('timed out waiting for the condition')
  const entries = yield* waitedFor(call)
  const isForGone = checks.includes('gone')
  const overlooksMissing = isForGone && session.version.waitForDeleteOverlooksNothing
  const printer = createPrinter(session, flags)
  const failures = yield* visitEach(entries, function* (info) {
    for (const check of checks) {
      const met = yield* metBy(call, info, check, timeoutMs, deadline)
      session.out(printer === undefined ? `${objectName(met)} condition met\n` : printer(met))
    }
  })
  failAll(overlooksMissing ? failures.flatMap((failure) => withoutReason(failure, 'NotFound') ?? []) : failures)
  const isVisited = entries.some(({ ok }) => ok)
  if (!isVisited && !(isForGone && session.version.waitForDeleteAcceptsNothing)) fail('no matching resources found')
  return 0
}

/** The object that meets a condition, or a failure that says that it did not. */
function* metBy(call: Call, info: Info, check: Check, timeoutMs: number, deadline: number): Steps<unknown> {
  const { session } = call
  const looksOnce = timeoutMs === 0 && session.version.waitLooksOnce
  if (looksOnce && typeof check !== 'string') return yield* lookOnce(session, info, check)
  if (check === 'created') return info.object
  if (check === 'gone' && info.name === '') fail('resource name must be provided')
  const leftMs = session.version.waitSharesTimeout ? Math.max(0, deadline - session.host.now()) : timeoutMs
  const met = yield* waitUntil(call, info, check, leftMs, leftMs < timeoutMs)
  if (met !== undefined) return met
  const words = looksOnce ? 'condition not met for' : 'timed out waiting for the condition on'
  return fail(`${words} ${info.mapping.resource}/${info.name}`)
}

/** No time at all: each object is looked at once. Source: wait.go, getObjAndCheckCondition. */
function* lookOnce(session: Session, info: Info, check: (object: unknown) => boolean): Steps<unknown> {
  const object = yield* session.rest.request('GET', resourcePath(info.mapping, info.namespace, info.name))
  return check(object) ? object : fail(`condition not met for ${info.mapping.resource}/${info.name}`)
}

/** What is waited for, as it is now. */
function* waitedFor({ session, flags, args }: Call): Steps<readonly Entry[]> {
  if (namesFiles(flags)) return yield* readAgain(session, yield* readFiles(session, flags, {}))
  const selected = yield* select(session, {
    args,
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    all: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
  })
  return selected.entries
}

/** Source: wait.go, RunWaitContext. */
const createdPollMs = 500

function* waitForCreated(call: Call, timeoutMs: number): Steps<boolean> {
  const { session } = call
  const deadline = session.host.now() + timeoutMs
  while (!(yield* isThere(call))) {
    const left = deadline - session.host.now()
    if (left <= 0) return false
    yield* until(session.host, () => false, Math.min(createdPollMs, left))
  }
  return true
}

function* isThere(call: Call): Steps<boolean> {
  const { infos, failures } = partition(yield* waitedFor(call))
  failAll(failures.flatMap((failure) => withoutReason(failure, 'NotFound') ?? []))
  return failures.length === 0 && infos.length > 0
}

/**
 * `isShared`: others have waited before it, in the same time; when that is over, a condition is not looked at any more, but whether the
 * object is gone. Source: wait.go, getObjAndCheckCondition and IsDeleted; client-go tools/watch/until.go, UntilWithSync.
 */
function* waitUntil(
  call: Call,
  info: Info,
  check: Exclude<Check, 'created'>,
  timeoutMs: number,
  isShared: boolean,
): Steps<unknown> {
  if (check === 'gone') return yield* waitForGone(call, info, timeoutMs)
  return isShared && timeoutMs === 0 ? undefined : yield* waitFor(call.session, info, check, timeoutMs)
}

function checkOf(session: Session, condition: string): Check {
  if (condition.toLowerCase() === 'delete') return 'gone'
  if (condition.toLowerCase() === 'create' && session.version.createdIsACondition) return 'created'
  if (condition.startsWith('condition=')) {
    const [name = '', value = 'true'] = condition.slice('condition='.length).split('=')
    return (object) => {
      const found = listAt(object, 'status', 'conditions').find(
        (one) => textAt(one, 'type').toLowerCase() === name.toLowerCase(),
      )
      return found !== undefined && textAt(found, 'status').toLowerCase() === value.toLowerCase()
    }
  }
  if (condition.startsWith('jsonpath=') && session.version.waitsForJsonpath)
    return jsonpathCheck(session, condition.slice('jsonpath='.length))
  return fail(`unrecognized condition: ${goQuote(condition)}`)
}

/** `{.status.phase}=Running`. Source: pkg/cmd/wait/wait.go, processJSONPathInput. */
function jsonpathCheck({ version }: Session, text: string): Check {
  const [expression = '', value, ...more] = text.split(version.waitKeepsComparisons ? /(?<!=)=(?!=)/ : '=')
  if (more.length > 0 || (value === undefined && !version.waitsForAnyValue)) {
    const example = "--for=jsonpath='{.status.readyReplicas}'"
    fail(`jsonpath wait format must be ${example}=3${version.waitsForAnyValue ? ` or ${example}` : ''}`)
  }
  const template = relaxedTemplate(expression.replace(/^'(.*)'$/s, '$1')) ?? fail(relaxedTemplateError)
  const wanted = value?.replace(/^['"]+|['"]+$/g, '')
  if (wanted === '')
    fail(
      version.waitsForAnyValue
        ? "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3"
        : 'jsonpath wait condition cannot be empty',
    )
  if (template === '') fail('jsonpath expression cannot be empty')
  return (object) => {
    const found = findJsonpath(template, object, true)
    if (!found.ok) return fail(found.error)
    if (found.values.length === 0) return false
    if (found.values.length > 1) fail('given jsonpath expression matches more than one value')
    if (wanted === undefined) return true
    const [first] = found.values
    if (isObject(first) || Array.isArray(first))
      fail('jsonpath leads to a nested object or list which is not supported')
    return goValueText(first).trim() === wanted.trim()
  }
}

function* waitForGone(call: Call, info: Info, timeoutMs: number): Steps<unknown> {
  if (yield* waitGone(call.session, info, '', timeoutMs)) return info.object ?? placeholder(info)
  return undefined
}

function placeholder(info: Info): unknown {
  const { group, version, kind } = info.mapping
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata: { name: info.name } }
}

/** The object once the check holds; undefined when the time is over. Source: wait.go, ConditionalWait.IsConditionMet. */
function* waitFor(
  session: Session,
  info: Info,
  check: (object: unknown) => boolean,
  timeoutMs: number,
): Steps<unknown> {
  const deadline = session.host.now() + timeoutMs
  const collection = resourcePath(info.mapping, info.namespace)
  for (;;) {
    const found = yield* session.rest.tryRequest('GET', resourcePath(info.mapping, info.namespace, info.name))
    if (!found.ok && !isReason(found.failure, 'NotFound')) throw new CommandFailure(found.failure)
    if (found.ok && check(found.value)) return found.value
    const left = deadline - session.host.now()
    if (left < 0) return undefined
    const stream = yield* session.rest.watch(collection, {
      query: {
        watch: 'true',
        fieldSelector: `metadata.name=${info.name}`,
        ...(found.ok ? { resourceVersion: textAt(found.value, 'metadata', 'resourceVersion') } : {}),
      },
    })
    let met: unknown
    const looked = (): boolean => {
      for (const line of stream.take()) {
        const object = at(JSON.parse(line), 'object')
        if (met === undefined && check(object)) met = object
      }
      return met !== undefined || stream.ended()
    }
    try {
      if (!(yield* until(session.host, looked, left))) return undefined
      if (met !== undefined) return met
    } finally {
      stream.stop()
    }
  }
}
