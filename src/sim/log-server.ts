import { saysYes } from '../api/query-truth.ts'
import { badRequest, invalidStatus } from '../api/status.ts'
import type { Status } from '../api/types/meta.ts'
import { type FieldError, forbidden, invalid } from '../api/validation/field-errors.ts'
import type { ContainerCall, HttpAnswer, HttpStream, LogServer } from '../client/server.ts'
import { parseRfc3339 } from '../kernel/calendar.ts'
import type { LogRequest } from '../kubectl/host.ts'
import { type ContainerWorld, followLog, logsOfContainer } from './container-requests.ts'

/** Logs of containers over HTTP, as kubelets serve them. Source: pkg/kubelet/server/server.go, getContainerLogs. */
export function createLogServer(world: ContainerWorld, now: () => number): LogServer {
  return (call) => {
    const request = requestOf(call, now())
    if ('kind' in request) return statusAnswer(request)
    // No node, no stream. Source: apiserver pkg/endpoints/handlers/responsewriters/writers.go, StreamObject.
    if ((call.pod.spec.nodeName ?? '') === '') return { code: 204, headers: {}, body: '' }
    const answer = logsOfContainer(world, request)
    if (!answer.ok) return statusAnswer(badRequest(answer.message))
    const limit = numberOf(call, 'limitBytes')
    const text = limit === undefined ? answer.text : answer.text.slice(0, limit)
    if (!saysYes(firstOf(call, 'follow')) || answer.ended || limit !== undefined)
      return { code: 200, headers, body: text }
    return followed(world, request, text)
  }
}

const headers = { 'content-type': 'text/plain' } as const

function followed(world: ContainerWorld, request: LogRequest, text: string): HttpStream {
  return {
    code: 200,
    headers,
    read({ chunk, end }) {
      if (text !== '') chunk(text)
      const following = followLog(world, request, (line) => (line === undefined ? end() : chunk(line)))
      if (following === undefined) end()
      return { stop: () => following?.unsubscribe() }
    },
  }
}

function firstOf({ query }: ContainerCall, name: string): string | undefined {
  return query.get(name)?.[0]
}

function numberOf(call: ContainerCall, name: string): number | undefined {
  const text = firstOf(call, name)
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text)
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePodLogOptions. */
function optionErrors(call: ContainerCall): readonly FieldError[] {
  const errors: FieldError[] = []
  const [tail, limit] = [numberOf(call, 'tailLines'), numberOf(call, 'limitBytes')]
  const [seconds, time] = [numberOf(call, 'sinceSeconds'), firstOf(call, 'sinceTime')]
  if (tail !== undefined && tail < 0) errors.push(invalid('tailLines', tail, 'must be greater than or equal to 0'))
  if (limit !== undefined && limit < 1) errors.push(invalid('limitBytes', limit, 'must be greater than 0'))
  if (seconds !== undefined && time !== undefined)
    errors.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  else if (seconds !== undefined && seconds < 1) errors.push(invalid('sinceSeconds', seconds, 'must be greater than 0'))
  return errors
}

/** Source: pkg/registry/core/pod/rest/log.go, Get. */
function requestOf(call: ContainerCall, nowMs: number): LogRequest | Status {
  const { pod, container } = call
  const errors = optionErrors(call)
  if (errors.length > 0) return invalidStatus({ group: '', kind: 'PodLogOptions' }, pod.metadata.name, errors)
  const [tailLines, seconds] = [numberOf(call, 'tailLines'), numberOf(call, 'sinceSeconds')]
  const time = firstOf(call, 'sinceTime')
  return {
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    container,
    previous: saysYes(firstOf(call, 'previous')),
    sinceMs: seconds === undefined ? (time === undefined ? undefined : parseRfc3339(time)) : nowMs - seconds * 1000,
    tailLines,
    timestamps: saysYes(firstOf(call, 'timestamps')),
  }
}

function statusAnswer(status: Status): HttpAnswer {
  return {
    code: status.code ?? 500,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(status)}\n`,
  }
}
