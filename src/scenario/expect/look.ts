import type { ContainerStatus, Pod } from '../../api/types/core.ts'
import type { ContainerRef } from '../../looks/containers.ts'
import type { Sim } from '../../sim/sim.ts'
import type { Expectation } from '../model.ts'
import type { Finding } from '../result.ts'
import type { ExpectationSource } from '../schema.ts'
import { fitsComparison, listOf, partialMismatch, show, textMatches } from './compare.ts'
import { lookAtEtcd, lookAtHolders, lookAtNodeFiles } from './look-at-nodes.ts'
import { lookAtDelays, lookAtPulls, lookAtRequests, lookAtWatches } from './look-at-traffic.ts'

/** Looks at the cluster as it is now, and says whether what is expected is there. */
export function look(sim: Sim, expectation: Expectation): Finding {
  const { source } = expectation
  switch (expectation.subject) {
    case 'pod':
      return lookAtPod(sim, source)
    case 'object':
      return lookAtObject(sim, source)
    case 'file':
      return lookAtFile(sim, source)
    case 'env':
      return lookAtEnv(sim, source)
    case 'logs':
      return lookAtLogs(sim, source)
    case 'event':
      return lookAtEvents(sim, source)
    case 'requests':
      return lookAtRequests(sim, source)
    case 'watches':
      return lookAtWatches(sim, source)
    case 'delay':
      return lookAtDelays(sim, expectation)
    case 'node_holds':
      return lookAtHolders(sim, source)
    case 'node_files':
      return lookAtNodeFiles(sim, source)
    case 'pulls':
      return lookAtPulls(sim, source)
    case 'etcd':
      return lookAtEtcd(sim, source)
  }
}

/** All parts that are given must hold; the first that does not is what was found. */
function all(expected: string, parts: readonly (readonly [holds: boolean, found: string])[], present: string): Finding {
  const wrong = parts.find(([holds]) => !holds)
  return wrong === undefined ? { holds: true, expected, found: present } : { holds: false, expected, found: wrong[1] }
}

function presence(expected: string, wanted: boolean, isThere: boolean, present: string, absent: string): Finding {
  return { holds: wanted === isThere, expected, found: isThere ? present : absent }
}

function lookAtPod(sim: Sim, source: ExpectationSource): Finding {
  const name = source.pod ?? ''
  const pod = sim.get<Pod>('Pod', name, source.namespace)
  if (source.exists === false)
    return presence(
      `pod ${name} does not exist`,
      false,
      pod !== undefined,
      `pod ${name} exists`,
      'there is no such pod',
    )
  const wanted = [
    source.phase === undefined ? '' : `is ${source.phase}`,
    source.ready === undefined ? '' : source.ready ? 'is ready' : 'is not ready',
    source.reason === undefined ? '' : `has reason ${source.reason}`,
    source.restarts === undefined ? '' : `has restarted ${source.restarts} times`,
    source.node === undefined ? '' : `runs on ${source.node}`,
  ].filter((part) => part !== '')
  const expected = `pod ${name} ${wanted.length === 0 ? 'exists' : wanted.join(' and ')}`
  if (pod === undefined) return { holds: false, expected, found: 'there is no such pod' }
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const reasons = reasonsOf(pod, statuses)
  const restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)
  const present = `${pod.status?.phase ?? 'no phase'}, ${isReady ? 'ready' : 'not ready'}${reasons.length === 0 ? '' : `, ${reasons.join(', ')}`}, ${restarts} restarts`
  return all(
    expected,
    [
      [source.phase === undefined || pod.status?.phase === source.phase, present],
      [source.ready === undefined || isReady === source.ready, present],
      [source.reason === undefined || reasons.includes(source.reason), present],
      [source.restarts === undefined || fitsComparison(restarts, source.restarts), present],
      [source.node === undefined || pod.spec.nodeName === source.node, `on ${pod.spec.nodeName ?? 'no node'}`],
    ],
    present,
  )
}

function reasonsOf(pod: Pod, statuses: readonly ContainerStatus[]): string[] {
  const found = [
    pod.status?.reason,
    ...statuses.flatMap(({ state }) => [state?.waiting?.reason, state?.terminated?.reason]),
    ...(pod.status?.conditions ?? []).filter(({ type }) => type === 'PodScheduled').map(({ reason }) => reason),
  ]
  return [...new Set(found.filter((reason) => reason !== undefined && reason !== ''))] as string[]
}

function lookAtObject(sim: Sim, source: ExpectationSource): Finding {
  const [kind = '', name = ''] = (source.object ?? '').split('/')
  const object = sim.get(kind, name, source.namespace)
  const wantsThere = source.exists !== false
  const expected = `${kind}/${name} ${wantsThere ? (source.matches === undefined ? 'exists' : 'is as given') : 'does not exist'}`
  if (object === undefined || !wantsThere)
    return presence(expected, wantsThere, object !== undefined, 'it exists', 'there is no such object')
  const mismatch = source.matches === undefined ? undefined : partialMismatch(source.matches, object)
  return { holds: mismatch === undefined, expected, found: mismatch ?? 'it is' }
}

function containerRef(text: string | undefined, namespace: string | undefined): ContainerRef {
  const [pod = '', container] = (text ?? '').split('/')
  return { pod, ...(container === undefined ? {} : { container }), ...(namespace === undefined ? {} : { namespace }) }
}

function lookAtFile(sim: Sim, source: ExpectationSource): Finding {
  const path = source.file ?? ''
  const where = `${path} in ${source.in}`
  const file = sim.file(containerRef(source.in, source.namespace), path)
  if (source.exists === false)
    return presence(`there is no file ${where}`, false, file !== undefined, 'it exists', 'there is none')
  const expected = [
    `file ${where}`,
    source.content === undefined ? '' : `says ${show(source.content)}`,
    source.mode === undefined ? '' : `has mode ${source.mode}`,
    source.link === undefined ? '' : `links to ${source.link}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
  if (file === undefined)
    return { holds: false, expected, found: 'there is no such file, or the container does not run' }
  const mode = `0${(file.mode & 0o7777).toString(8).padStart(3, '0')}`
  return all(
    expected,
    [
      [source.content === undefined || file.content === source.content, `it says ${show(file.content)}`],
      [source.mode === undefined || Number.parseInt(source.mode, 8) === (file.mode & 0o7777), `its mode is ${mode}`],
      [source.link === undefined || file.link === source.link, `it links to ${file.link ?? 'nothing'}`],
    ],
    `it says ${show(file.content)}, mode ${mode}`,
  )
}

function lookAtEnv(sim: Sim, source: ExpectationSource): Finding {
  const name = source.env ?? ''
  const env = sim.env(containerRef(source.in, source.namespace))
  const value = env?.get(name)
  const where = `variable ${name} of ${source.in}`
  if (source.exists === false)
    return presence(`${where} is not set`, false, value !== undefined, `it is ${show(value)}`, 'it is not set')
  const expected = source.value === undefined ? `${where} is set` : `${where} is ${show(source.value)}`
  const holds = value !== undefined && (source.value === undefined || value === source.value)
  return { holds, expected, found: env === undefined ? 'the container was never created' : `it is ${show(value)}` }
}

function lookAtLogs(sim: Sim, source: ExpectationSource): Finding {
  const text = sim.logs(containerRef(source.logs, source.namespace))
  const contains = listOf(source.contains)
  const lacks = listOf(source.lacks)
  const missing = contains.find((part) => !text.includes(part))
  const unwanted = lacks.find((part) => text.includes(part))
  const expected = `the logs of ${source.logs} ${contains.length > 0 ? `contain ${contains.map(show).join(' and ')}` : ''}${lacks.length > 0 ? ` lack ${lacks.map(show).join(' and ')}` : ''}`
  return {
    holds: missing === undefined && unwanted === undefined,
    expected: expected.trim(),
    found: text === '' ? 'they are empty' : `they say ${show(text)}`,
  }
}

function lookAtEvents(sim: Sim, source: ExpectationSource): Finding {
  const reason = source.event ?? ''
  const events = sim.events({
    reason,
    ...(source.on === undefined ? {} : { on: source.on }),
    ...(source.namespace === undefined ? {} : { namespace: source.namespace }),
  })
  const matching = events.filter(
    (event) =>
      source.message === undefined ||
      (event.message ?? '').includes(source.message) ||
      textMatches(source.message, event.message ?? ''),
  )
  const count = matching.reduce((sum, event) => sum + (event.count ?? 1), 0)
  const expected = `event ${reason}${source.on === undefined ? '' : ` on ${source.on}`}${source.message === undefined ? '' : ` saying ${show(source.message)}`}${source.count === undefined ? '' : ` counted ${source.count}`}${source.exists === false ? ' does not exist' : ''}`
  const found =
    matching.length > 0
      ? `${matching.length} such, counted ${count}`
      : events.length > 0
        ? `others: ${events.map(({ message }) => show(message)).join(', ')}`
        : 'there is none'
  if (source.exists === false) return { holds: matching.length === 0, expected, found }
  return {
    holds: matching.length > 0 && (source.count === undefined || fitsComparison(count, source.count)),
    expected,
    found,
  }
}
