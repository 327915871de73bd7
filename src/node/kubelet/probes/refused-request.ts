import type { Handler } from '../../../api/types/core.ts'
import type { ProbeAnswer } from '../../../shell/program.ts'

/**
 * What a kubelet's HTTP client says where nobody listens: whom it asked, then why not. Sources: Go net/http Client.Do, net/url Error;
 * pkg/probe/http/http.go, DoHTTPProbe.
 */
export function toldOfRequest(answer: ProbeAnswer, scheme: string, path: string): ProbeAnswer {
  const [, address] = /^dial tcp (\S+): /.exec(answer.output) ?? []
  if (answer.ok || address === undefined) return answer
  return { ok: false, output: `Get "${scheme.toLowerCase()}://${address}${path}": ${answer.output}` }
}

/** Whether somebody answered, be it that something is wrong: hooks look no further. Source: pkg/kubelet/lifecycle/handlers.go, runHTTPHandler. */
export function isAnswered({ ok, output }: ProbeAnswer): boolean {
  return ok || output.startsWith('HTTP probe failed with statuscode: ')
}

/** The path as it stands in the URL of a probe. Source: pkg/probe/util, formatURL: a URL's path begins with a slash. */
export function probePath({ path = '' }: NonNullable<Handler['httpGet']>): string {
  return path.startsWith('/') ? path : `/${path}`
}

/** Whether a request goes to somebody else than the Pod: such a host is taken to be there and well. */
export function isOfAnother({ host = '' }: NonNullable<Handler['httpGet']>): boolean {
  return !/^(?:|localhost|127\..*|::1)$/.test(host)
}
