import type { JsonObject } from '../../go/json.ts'
import { kubectl } from '../../versions/kubectl.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import { array, string } from '../cli/flags.ts'
import { failsAs, madeMetadata, makeCommand } from './create-kit.ts'

const ruleForm = /^[\w*\-.]*\/.*=[\w-]+:[\w-]+(,tls=?([\w-]+)?)?/

interface Rule {
  readonly host: string
  readonly http: { readonly paths: JsonObject[] }
}

/** Source: kubectl pkg/cmd/create/create_ingress.go (1.19). */
export const createIngress: Command = makeCommand({
  name: 'ingress',
  aliases: ['ing'],
  short: 'Create an ingress with the specified name',
  since: 19,
  flags: [array('rule'), array('annotation'), string('class'), string('default-backend')],
  failurePrefix: failsAs('ingress', kubectl.wrapsWorkloadErrors),
  make(call, name) {
    const { session, flags } = call
    validate(call)
    const rules = flags.list('rule')
    const [className, backend] = [flags.string('class'), flags.string('default-backend')]
    const [tls, hosts] = [tlsOf(rules), rulesOf(rules)]
    const annotations = Object.fromEntries(flags.list('annotation').map(splitAnnotation).sort())
    return {
      kind: 'Ingress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: madeMetadata(session, name, true, Object.keys(annotations).length === 0 ? {} : { annotations }),
      spec: {
        ...(className === '' ? {} : { ingressClassName: className }),
        ...(backend === '' ? {} : { defaultBackend: backendOf(backend) }),
        ...(tls.length === 0 ? {} : { tls }),
        ...(hosts.length === 0 ? {} : { rules: hosts }),
      },
      status: { loadBalancer: {} },
    }
  },
})

function validate({ flags }: Call): void {
  const [rules, backend] = [flags.list('rule'), flags.string('default-backend')]
  if (backend === '' && rules.length === 0)
    fail(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    )
  for (const rule of rules)
    if (!ruleForm.test(rule))
      fail(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
  for (const annotation of flags.list('annotation'))
    if (!annotation.includes('=')) fail(`annotation ${annotation} is invalid and should be in format key=[value]`)
  if (backend !== '' && backend.split(':').length !== 2)
    fail('default-backend should be in format servicename:serviceport')
}

function splitAnnotation(text: string): [string, string] {
  const equals = text.indexOf('=')
  return [text.slice(0, equals), text.slice(equals + 1)]
}

function hostOf(rule: string): string {
  return rule.slice(0, rule.indexOf('/'))
}

/** A host is taken once; hosts of the same secret share an entry. */
function tlsOf(rules: readonly string[]): JsonObject[] {
  const seen = new Set<string>()
  const entries: { hosts: string[]; secretName: string }[] = []
  for (const rule of rules) {
    const parts = rule.split(',')
    const host = hostOf(rule)
    if (parts.length !== 2 || seen.has(host)) continue
    seen.add(host)
    const secretName = parts[1]?.split('=')[1] ?? ''
    const known = entries.find((entry) => entry.secretName === secretName)
    if (known !== undefined) known.hosts.push(host)
    else if (host !== '' || secretName !== '') entries.push({ hosts: host === '' ? [] : [host], secretName })
  }
  return entries.map(({ hosts, secretName }) => ({
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(secretName === '' ? {} : { secretName }),
  }))
}

function rulesOf(rules: readonly string[]): JsonObject[] {
  const byHost = new Map<string, Rule>()
  for (const text of rules) {
    const rule = text.split(',')[0] ?? ''
    const host = hostOf(rule)
    const entry = byHost.get(host) ?? { host, http: { paths: [] } }
    entry.http.paths.push(pathOf(rule.slice(host.length + 1)))
    byHost.set(host, entry)
  }
  return [...byHost.values()].map(({ host, http }) => ({ ...(host === '' ? {} : { host }), http }))
}

function pathOf(text: string): JsonObject {
  const [own = '', service = ''] = text.split('=')
  const path = `/${own}`
  const isPrefix = path.endsWith('*')
  return {
    path: isPrefix ? path.slice(0, -1) : path,
    pathType: isPrefix ? 'Prefix' : 'Exact',
    backend: backendOf(service),
  }
}

function backendOf(text: string): JsonObject {
  const [name = '', port = ''] = text.split(':')
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } }
}
