import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'
import type { KubernetesVersion } from '../../src/versions/version.ts'
import { again, columns, type Row, refers, saved, sorting, variables, versionless } from './recorded-rows.ts'

/** What real kubectls of each minor printed for these lines (`podsim serve`, a cluster of the same minor). */

const objects = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', labels: { app: 'web' } }, data: { a: 'x' } },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'talks' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo one; echo two; exit 3'] }],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  },
  refers,
]

const names = [
  '1.20.2',
  '1.22.0',
  '1.23.0',
  '1.25.0',
  '1.26.4',
  '1.27.1',
  '1.28.3',
  '1.29.4',
  '1.30.0',
  '1.31.9',
  '1.32.3',
  '1.36.3',
]
const sims = new Map<string, (line: string) => string>()

function kubectl(minor: number): (line: string) => string {
  const name = names.find((each) => each.startsWith(`1.${minor}.`)) ?? `1.${minor}.0`
  const known = sims.get(name)
  if (known !== undefined) return known
  // Rows name minors that there are.
  const sim = createSim({
    journal: 'off',
    nodes: 1,
    kubectl: name,
    version: `v1.${minor}` as KubernetesVersion,
    seed: 'recorded',
  })
  sim.apply(...objects)
  sim.shell(
    'kubectl create deployment web --image=nginx:1 --replicas=2; kubectl create job once --image=busybox -- true',
  )
  sim.runFor('30s')
  sim.shell('kubectl get deploy web -o yaml > web.yaml')
  const run = (line: string): string => {
    const { stdout, stderr, exitCode } = sim.shell(`kubectl ${line}`)
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
  sims.set(name, run)
  return run
}

const later = [26, 36]
const all = [20, 26, 36]
const formats =
  'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml'
const wide = `error: unable to match a printer suitable for the output format "wide", allowed formats are: ${formats}\n[1]`

const changes: readonly Row[] = [
  [
    [20],
    'rollout restart deploy/web --dry-run=client',
    "Error: unknown flag: --dry-run\nSee 'kubectl rollout restart --help' for usage.\n[1]",
  ],
  [
    later,
    'rollout pause deploy/web --dry-run=client',
    "error: unknown flag: --dry-run\nSee 'kubectl rollout pause --help' for usage.\n[1]",
  ],
  [later, 'rollout history deploy/web --dry-run=server', /^error: unknown flag: --dry-run/],
  [[20], 'rollout history deploy -l app=web', /^Error: unknown shorthand flag: 'l' in -l/],
  [later, 'rollout history deploy -l app=web', /^deployment.apps\/web \nREVISION/],
  [
    [20],
    'set image deploy/web nginx=nginx:2 --record --dry-run=client -o jsonpath={.metadata.annotations}',
    /"kubernetes.io\/change-cause":"kubectl set image deploy\/web nginx=nginx:2 --record=true --dry-run=client --output=jsonpath=\{.metadata.annotations\}"/,
  ],
  [
    later,
    'label cm settings x=y --record --dry-run=server -o jsonpath={.metadata.annotations.kubernetes\\\\.io/change-cause}',
    /^kubectl label cm settings x=y --record=true --dry-run=server --output=jsonpath=.*Flag --record has been deprecated, --record will be removed in the future\n$/s,
  ],
  [
    all,
    'set env deploy/web A=b --record',
    /rror: unknown flag: --record\nSee 'kubectl set env --help' for usage.\n\[1\]$/,
  ],
  [
    [20],
    'run x --image=nginx --replicas=2 --generator=run-pod/v1 --dry-run=client',
    'pod/x created (dry run)\nFlag --replicas has been deprecated, has no effect and will be removed in the future.\nFlag --generator has been deprecated, has no effect and will be removed in the future.\n',
  ],
  [
    [26],
    'run x --image=nginx --force --dry-run=client',
    'pod/x created (dry run)\nFlag --force has been deprecated, because it is not used by this command. It will be removed in version 1.29.\n',
  ],
  [[26], 'set resources deploy/web --limits=cpu=x -o wide', wide],
  [[26], 'scale deploy web --replicas=-1 -o wide', wide],
  [all, 'scale deploy web --replicas=5 --current-replicas=9 --dry-run=client', /^deployment.apps\/web scaled/],
  [all, 'set sa pod/talks robot --dry-run=client -o jsonpath={.spec.serviceAccount}', 'default'],
  [
    [26],
    'drain node-1 --force --dry-run=client',
    /^Warning: deleting Pods that declare no controller: default\/talks|node\/node-1/,
  ],
  [[26], 'scale deploy/none --replicas=1', 'Error from server (NotFound): deployments.apps "none" not found\n[1]'],
  [[27, 31], 'scale deploy/none --replicas=1', 'error: no objects passed to scale\n[1]'],
]

const owners: readonly Row[] = [
  [all, 'cordon node-1', 'node/node-1 cordoned\n'],
  [all, 'get node node-1 -o jsonpath={.metadata.managedFields[*].manager}', /kubectl$/],
  [all, 'label cm settings app- --dry-run=server -o jsonpath={.metadata.labels}', '{}'],
  [[26], 'label cm settings none- -o wide', `label "none" not found.\n${wide}`],
  [
    all,
    'set resources deploy/web --requests=cpu=9 --limits=cpu=1',
    /^error: failed to patch resources update to pod template Deployment.apps "web" is invalid/,
  ],
  [all, 'apply set-last-applied -f web.yaml --create-annotation -o name', 'deployment.apps/web\n'],
  [all, 'set image deploy/web nginx=nginx:2', 'deployment.apps/web image updated\n'],
  [[20, 26], 'rollout undo deploy/web --to-revision=9', 'error: unable to find specified revision 9 in history\n[1]'],
  [
    [36],
    'rollout undo deploy/web --to-revision=9',
    "Warning: resource deployments/web was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\nerror: unable to find specified revision 9 in history\n[1]",
  ],
]

const nothing = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":null,"b":"c"}}'

const nulls: readonly Row[] = [
  [[30], `apply -f - --dry-run=client -o jsonpath={.data} <<< '${nothing}'`, '{"a":null,"b":"c"}'],
  [[31, 36], `apply -f - --dry-run=client -o jsonpath={.data} <<< '${nothing}'`, '{"b":"c"}'],
  [[31], `apply -f - --dry-run=client -o yaml <<< '${nothing}'`, /last-applied-configuration: \|\n.*"a":null/],
]

const taints: readonly Row[] = [
  [
    all,
    'taint node node-1 a=b:NoSchedule a=c:NoSchedule',
    "error: duplicated taints with the same key and effect: {a c NoSchedule <nil>}\nSee 'kubectl taint -h' for help and examples\n[1]",
  ],
  [
    [22],
    'taint node node-1 a=b:NoSchedule a:NoSchedule-',
    'error: can not both modify and remove the following taint(s) in the same command: {"a":"NoSchedule"}\n[1]',
  ],
  [
    [23, 36],
    'taint node node-1 a=b:NoSchedule a-',
    'error: can not both modify and remove the following taint(s) in the same command: a=\n[1]',
  ],
  [
    all,
    'taint node a=b:NoSchedule',
    "error: at least one resource name must be specified since 'all' parameter is not set\n[1]",
  ],
  [
    all,
    'taint node --all -l x=y a=b:NoSchedule',
    "error: setting 'all' parameter with a non empty selector is prohibited\n[1]",
  ],
  [all, 'taint Node node-1 a=b:NoSchedule --dry-run=client', 'node/node-1 tainted\n'],
  [all, 'taint node/node-1 a=b:NoSchedule', 'the server doesn\'t have a resource type "node/node-1"\n[1]'],
  [all, 'taint node node-1 a=b:NoSchedule --overwrite --dry-run=client', 'node/node-1 modified\n'],
  [later, 'taint node none a=b:NoSchedule -o wide', 'Error from server (NotFound): nodes "none" not found\n[1]'],
]

const waits: readonly Row[] = [
  [
    [23, 25, 27],
    'wait --for=jsonpath={.status.phase}= pod/talks',
    'error: jsonpath wait condition cannot be empty\n[1]',
  ],
  [
    [28, 36],
    'wait --for=jsonpath={.status.phase}= pod/talks',
    "error: jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3\n[1]",
  ],
  [
    [27],
    'wait --for=jsonpath={.status.phase} pod/talks',
    "error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3\n[1]",
  ],
  [[28, 36], 'wait --for=jsonpath={.status.phase} pod/talks', 'pod/talks condition met\n'],
  [[28, 36], 'wait --for=jsonpath= pod/talks', 'error: jsonpath expression cannot be empty\n[1]'],
  [
    [36],
    'wait --for=jsonpath={.a}=b=c pod/talks',
    "error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'\n[1]",
  ],
  [
    [29, 36],
    `wait '--for=jsonpath={.spec.containers[?(@.name=="c")].image}=busybox' pod/talks`,
    'pod/talks condition met\n',
  ],
  [
    [25, 36],
    'wait --for=jsonpath={.spec.containers}=x pod/talks --timeout=0s',
    'error: jsonpath leads to a nested object or list which is not supported\n[1]',
  ],
]

const questions: readonly Row[] = [
  [[31, 36], 'logs job/once --all-pods', ''],
  [[30], 'logs deploy/web --all-pods', /^error: unknown flag: --all-pods/],
  [[36], 'logs pod/talks --all-pods --prefix=false', '[pod/talks/c] one\n[pod/talks/c] two\n'],
  [
    all,
    'logs -f -l app=web --max-log-requests=1',
    'error: you are attempting to follow 2 log streams, but maximum allowed concurrency is 1, use --max-log-requests to increase the limit\n[1]',
  ],
  [all, 'exec -- ls', 'error: pod, type/name or --filename must be specified\n[1]'],
  [all, 'get cm settings -o JSONPATH={.data}', /^error: unable to match a printer/],
  [all, 'get cm settings -o Name', 'configmap/settings\n'],
  [all, 'auth can-i --list get pods', 'error: list option must be specified with no arguments\n[1]'],
  [all, 'api-versions x', "error: unexpected arguments: [x]\nSee 'kubectl api-versions -h' for help and examples\n[1]"],
  [[25, 36], 'version x', 'error: extra arguments: [x]\n[1]'],
  [[23], 'version x --client', /^Client Version/],
  [
    all,
    'config get-contexts none',
    'CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\nerror: context none not found\n[1]',
  ],
  [
    all,
    'config get-contexts -o yaml',
    'error: --output yaml is not available in kubectl config get-contexts; resetting to default output format\n[1]',
  ],
  [all, 'config view -o jsonpath={.kind}', 'Config'],
  [all, 'top pod --sort-by=bogus', 'error: --sort-by accepts only cpu or memory\n[1]'],
  [all, 'top node x -l a=b', 'error: only one of NAME or --selector can be provided\n[1]'],
  [[20], 'explain .spec', 'error: a resource must be present, got: /, Resource=\n[1]'],
  [[36], 'explain .spec', 'error: invalid jsonpath syntax, first node must be field node\n[1]'],
  [
    [20, 36],
    'version --client -o json',
    /"clientVersion": \{\n {4}"major": "1",\n {4}"minor": "\d+",\n {4}"gitVersion"/,
  ],
  [[23], 'get cm settings web -o jsonpath={.metadata}', /"selfLink":""/],
  [[25], 'get cm settings settings -o jsonpath={.metadata}', '{"resourceVersion":""}'],
  [[22], 'describe job once', /Pods Statuses: +0 Running \/ 1 Succeeded/],
  [[23], 'describe job once', /Pods Statuses: +0 Active \/ 1 Succeeded/],
  [[29], 'describe job once', /^(?!.*Backoff Limit).*Completion Mode: +NonIndexed\nStart Time/s],
  [[30], 'describe job once', /Suspend: +false\nBackoff Limit: +6\n/],
  [[30], 'describe svc web', /^(?!.*Internal Traffic)/s],
  [[31], 'describe svc web', /Internal Traffic Policy: +Cluster/],
  [[29], 'describe deploy web', /Volumes: +<none>\nConditions/],
  [[30], 'describe deploy web', /Volumes: +<none>\n +Node-Selectors: +<none>\n +Tolerations: +<none>\n/],
  [[30], 'describe cm settings', /a:\n----\nx\n\nBinaryData/],
  [[31], 'describe cm settings', /a:\n----\nx\n\n\nBinaryData/],
  [[23], 'certificate', /\n {2}approve {5}Approve.*\nUse "kubectl <command> --help"/s],
  [[25], 'certificate', /\n {2}approve {7}Approve.*\nUse "kubectl certificate <command> --help"/s],
  [[27], 'rollout', /^(?!.*Restart deployments with)/s],
  [[28], 'rollout', /Restart deployments with the 'app=nginx' label/],
]

const more = [...sorting, ...columns, ...versionless, ...variables, ...saved, ...again]
const rows = [...more, ...changes, ...taints, ...waits, ...questions, ...owners, ...nulls].flatMap(
  ([minors, line, printed]) => minors.map((minor) => ({ minor, line, printed })),
)

describe('facts/kubectl.md 1: each kubectl prints what its minor prints', () => {
  test.each(rows)('kubectl 1.$minor $line', ({ minor, line, printed }) => {
    if (typeof printed === 'string') expect(kubectl(minor)(line)).toBe(printed)
    else expect(kubectl(minor)(line)).toMatch(printed)
  })
})
