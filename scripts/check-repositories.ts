import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, execPath } from 'node:process'

/**
 * `npm run check-repositories FOLDER [NAME ...]`: runs `podsim check` on public repositories of manifests, of which FOLDER
 * holds copies under the names below, and prints what came of each and what it cost. Fails where podsim crashes, hangs or
 * takes more processor time than the limit. `--update` also writes docs/repositories.md. Wants a built `dist/`; no network.
 */
const root = join(import.meta.dirname, '..')
const page = join(root, 'docs/repositories.md')
/** Whole processes, the start of Node.js included. */
const limitSeconds = 5
const hangAfterMs = 120_000

interface Repository {
  /** Folder of the copy. */
  readonly name: string
  /** On GitHub. */
  readonly repository: string
  readonly args: readonly string[]
  /** Why it does not start, looked up in the repository itself. */
  readonly truth: string
  /** Whether its report is an example of the page. */
  readonly isExample?: true
}

const at = (name: string, repository: string, args: string, truth: string): Repository => ({
  name,
  repository,
  args: args.split(' '),
  truth,
})
const example = (repository: Repository): Repository => ({ ...repository, isExample: true })

const repositories: readonly Repository[] = [
  example(
    at(
      'argo-cd',
      'argoproj/argo-cd',
      '-f manifests/install.yaml -n argocd',
      'the Secret is made by an init container (`argocd admin redis-initial-password`), whose program podsim does not know; the definition is over the limit of annotations, as the project’s own instructions say',
    ),
  ),
  at('argo-cd', 'argoproj/argo-cd', '-f manifests/ha/install.yaml -n argocd', 'the same'),
  at('calico', 'projectcalico/calico', '-f manifests/calico.yaml', ''),
  at(
    'examples',
    'kubernetes/examples',
    '-f AI -R --create-namespaces',
    'the Secret is made by hand, as the README says; no node has a GPU',
  ),
  at('examples', 'kubernetes/examples', '-f web/guestbook/all-in-one/guestbook-all-in-one.yaml', ''),
  example(
    at(
      'ingress-nginx',
      'kubernetes/ingress-nginx',
      '-f deploy/static/provider/cloud/deploy.yaml',
      'the Secret is made by the Job that podsim names, whose program it does not know',
    ),
  ),
  at('istio', 'istio/istio', '-f samples/bookinfo/platform/kube/bookinfo.yaml', ''),
  at(
    'istio',
    'istio/istio',
    '-f samples/addons -f samples/ratelimit -f samples/security/spire --create-namespaces',
    'the ConfigMap stands in a comment of the file, to be made by hand',
  ),
  at(
    'kube-prometheus',
    'prometheus-operator/kube-prometheus',
    '-f manifests/setup -f manifests',
    'definitions over the limit of annotations, and objects of their kinds: the project says `--server-side`',
  ),
  at('kube-prometheus', 'prometheus-operator/kube-prometheus', '-f manifests/setup -f manifests --server-side', ''),
  at('longhorn', 'longhorn/longhorn', '-f deploy/longhorn.yaml', ''),
  at(
    'metallb',
    'metallb/metallb',
    '-f config/manifests/metallb-native.yaml',
    'the Secret is made by the controller, whose program podsim does not know',
  ),
  at('metrics-server', 'kubernetes-sigs/metrics-server', '-k manifests/base', ''),
  at('microservices-demo', 'GoogleCloudPlatform/microservices-demo', '-f release/kubernetes-manifests.yaml', ''),
  at('postgres-operator', 'zalando/postgres-operator', '-k manifests', ''),
  example(
    at(
      'rook',
      'rook/rook',
      '-f deploy/examples/crds.yaml -f deploy/examples/common.yaml -f deploy/examples/csi-operator.yaml -f deploy/examples/operator.yaml -f deploy/examples/cluster.yaml -f deploy/examples/toolbox.yaml',
      'Secret and ConfigMap are made by the operator, whose program podsim does not know',
    ),
  ),
  at('sock-shop', 'microservices-demo/microservices-demo', '-f deploy/kubernetes/manifests', ''),
  at('strimzi', 'strimzi/strimzi-kafka-operator', '-f install/cluster-operator -n kafka', ''),
  at(
    'tekton',
    'tektoncd/pipeline',
    '-f config -R',
    'images `ko://...` are names of Go packages that a build replaces: no runtime takes them',
  ),
]

interface Outcome {
  readonly report: {
    readonly objects: number
    readonly unreadable: readonly unknown[]
    readonly refused: readonly unknown[]
    readonly blocked: readonly { readonly waits: readonly { readonly workload: string }[] }[]
    readonly remarks: readonly { readonly level: string }[]
    readonly assumed: readonly unknown[]
    readonly started: readonly unknown[]
  }
  readonly seconds: number
}

function main([folder, ...names]: readonly string[]): number {
  if (folder === undefined || !existsSync(folder)) return failed('name the folder that holds the repositories')
  const wanted = repositories.filter(({ name }) => names.length === 0 || names.includes(name))
  const rows: string[] = []
  let code = 0
  for (const repository of wanted) {
    const directory = join(folder, repository.name)
    if (!existsSync(directory)) {
      if (argv.includes('--update')) return failed(`there is no ${directory}: the page wants all of them`)
      process.stderr.write(`skipped: there is no ${directory}\n`)
      continue
    }
    const outcome = run(directory, repository)
    if (typeof outcome === 'string') code = failed(`${repository.repository} ${repository.args.join(' ')}: ${outcome}`)
    else {
      rows.push(rowOf(repository, outcome, commitOf(directory)))
      if (outcome.seconds > limitSeconds) code = failed(`${repository.repository}: ${outcome.seconds} s`)
    }
  }
  const table = `${head}${rows.join('')}`
  process.stdout.write(table)
  if (argv.includes('--update') && code === 0 && names.length === 0) writeFileSync(page, pageOf(folder, table))
  return code
}

/** What it came to; a text: why it came to nothing. */
function run(directory: string, { args }: Repository): Outcome | string {
  const { status, stdout, stderr, error } = podsim(directory, [...args, '-o', 'json'])
  if (error !== undefined) return `it hangs: ${error.message}`
  const [times = ''] = /(?:\d+m[\d.]+s ?)+$/.exec(stdout.trimEnd()) ?? []
  if (stderr !== '' || status === 2) return stderr.split('\n')[0] ?? ''
  const json = stdout.slice(0, stdout.lastIndexOf('}') + 1)
  // The shape of `check -o json`, which podsim has just written.
  return { report: JSON.parse(json) as Outcome['report'], seconds: secondsOf(times) }
}

/** The shell's `times` tells the processor time of its children in its second line. */
function podsim(directory: string, args: readonly string[]) {
  const script = '"$@"; code=$?; times; exit $code'
  const command = [execPath, join(root, 'bin/podsim.js'), 'check', ...args]
  return spawnSync('sh', ['-c', script, 'sh', ...command], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: hangAfterMs,
  })
}

function secondsOf(times: string): number {
  const all = [...times.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  )
  return Math.round(all.slice(-2).reduce((sum, each) => sum + each, 0) * 10) / 10
}

function commitOf(directory: string): string {
  const { stdout, status } = spawnSync('git', ['-C', directory, 'rev-parse', '--short=10', 'HEAD'], {
    encoding: 'utf8',
  })
  return status === 0 ? stdout.trim() : ''
}

const head = `| repository | commit | arguments of \`podsim check\` | objects | refused | will not start | starts | warnings | taken for granted | s |
| --- | --- | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: |
`

function rowOf({ repository, args }: Repository, { report, seconds }: Outcome, commit: string): string {
  const { objects, refused, blocked, remarks, assumed, started } = report
  const waiting = new Set(blocked.flatMap(({ waits }) => waits.map(({ workload }) => workload))).size
  const held = waiting === 0 ? '' : `${waiting} by ${blocked.length} ${blocked.length === 1 ? 'cause' : 'causes'}`
  const warnings = remarks.filter(({ level }) => level === 'warning').length
  const cells = [repository, commit, `\`${args.join(' ')}\``, objects, refused.length, held, started.length, warnings]
  return `| ${[...cells, assumed.length, seconds.toFixed(1)].join(' | ')} |\n`
}

function pageOf(folder: string, table: string): string {
  const truths = repositories.filter(({ truth }) => truth !== '' && truth !== 'the same')
  const looked = truths.map(({ repository, args, truth }) => `- **${repository}** (\`${args.join(' ')}\`): ${truth}.\n`)
  const examples = repositories
    .filter(({ isExample }) => isExample === true)
    .map(
      ({ name, repository, args }) =>
        `## ${repository}\n\n\`\`\`text\n$ podsim check ${args.join(' ')}\n${excerpt(join(folder, name), args)}\n\`\`\`\n`,
    )
  const [before = ''] = readFileSync(page, 'utf8').split('<!-- made by scripts/check-repositories.ts -->')
  return `${before}<!-- made by scripts/check-repositories.ts -->\n\n${table}\nWhat does not start, and why that is so:\n\n${looked.join('')}\n${examples.join('\n')}`
}

const [longestSection, longestLine] = [14, 150]

/** The beginning of each section of the report. */
function excerpt(directory: string, args: readonly string[]): string {
  const { stdout } = podsim(directory, args)
  const report = stdout.slice(0, stdout.search(/(?:\d+m[\d.]+s ?)+\n(?:\d+m)/))
  return report
    .trimEnd()
    .split('\n\n')
    .map((section) => {
      const lines = section
        .split('\n')
        .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line))
      return lines.length > longestSection ? [...lines.slice(0, longestSection), '  ...'].join('\n') : lines.join('\n')
    })
    .join('\n\n')
}

function failed(text: string): number {
  process.stderr.write(`FAILED: ${text}\n`)
  return 1
}

process.exitCode = main(argv.slice(2).filter((arg) => arg !== '--update'))
