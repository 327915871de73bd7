import { brokenJson, type CommandLine, certificates, forced, listed, local } from './file-lines.ts'

export type { CommandLine }

const labelled = { app: 'web' }
const pod = (more: object = {}) => ({ containers: [{ name: 'c', image: 'nginx:1', ...more }] })
const template = (more: object = {}, spec: object = {}) => ({
  metadata: { labels: labelled },
  spec: { ...pod(more), ...spec },
})

/** What is in the cluster that the lines are run against. */
export const clusterObjects: readonly object[] = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { p: 'one' } },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', labels: labelled, annotations: { note: 'kept' } },
    data: { 'b.conf': 'x\ny\n' },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: labelled },
    spec: {
      replicas: 2,
      selector: { matchLabels: labelled },
      template: template(
        {
          env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'p' } } }],
          ports: [{ containerPort: 80 }],
          resources: { requests: { cpu: '10m' }, limits: { memory: '64Mi' } },
          volumeMounts: [{ name: 'v', mountPath: '/etc/db' }],
        },
        { volumes: [{ name: 'v', secret: { secretName: 'db' } }] },
      ),
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'talks', labels: { app: 'talks' } },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo one; echo two; exit 3'] }],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stuck' },
    spec: pod({ envFrom: [{ secretRef: { name: 'none' } }] }),
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: labelled, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'once' },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['true'] }] },
      },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'each' },
    spec: {
      selector: { matchLabels: { ds: 'each' } },
      template: { metadata: { labels: { ds: 'each' } }, spec: pod() },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'row' },
    spec: {
      replicas: 1,
      serviceName: 'row',
      selector: { matchLabels: { sts: 'row' } },
      template: { metadata: { labels: { sts: 'row' } }, spec: pod() },
    },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
  },
]

const got = [
  ...['pods', 'deploy', 'rs', 'ds', 'sts', 'jobs', 'secrets', 'cm', 'sa', 'events', 'nodes', 'ns', 'svc', 'endpoints'],
  ...['all', 'leases -A', 'pods,secrets', 'roles,rolebindings', 'clusterroles', 'pv', 'pvc', 'storageclasses'],
  ...['priorityclasses', 'cronjobs', 'ingresses', 'pdb', 'hpa', 'crd', 'resourcequotas', 'limitranges'],
].map((what) => `get ${what}`)

const forms = [
  ...['wide', 'name', 'yaml', 'json', 'jsonpath={.items[*].metadata.name}'],
  ...['custom-columns=N:.metadata.name,P:.status.phase', 'go-template={{range.items}}{{.metadata.name}}{{end}}'],
].map((form) => `get pods -o ${form}`)

const templates = [
  ...['{{len.items}}', '{{range.items}}', '{{.kind.x}}', '{{.data.x.y}}', '{{nope}}', '{{.kind|len}}', '{{(.data).x}}'],
  ...['{{range$k,$v:=.data}}{{$k}}={{$v}}{{end}}', '{{printf("%s-%d")(.kind)(1)}}', '{{index(.kind)(1)}}'],
].map((template) => `get cm settings -o go-template=${template}`)

const asStructs = [
  'expose deploy web --port=81 --selector=a=b --external-ip=1.2.3.4 --dry-run=client -o json',
  'set image pod/talks c=x --dry-run=client -o yaml',
  'set image deploy/web c=x --dry-run=client -o json',
  'set env deploy/web P- --dry-run=client -o yaml',
  'set resources ds/each --limits=cpu=1 --dry-run=client -o json',
  'autoscale ds/each --max=3 --dry-run=client -o json',
  'taint node node-1 a=b:NoSchedule --dry-run=client -o json',
  'rollout history ds/each -o yaml',
  'patch deploy web --type=merge -p {"spec":{"replicas":null}} --dry-run=client -o json',
  'patch deploy web -p {"spec":{"template":{"spec":{"containers":[{"name":"c","image":"q"}]}}}} --dry-run=client -o yaml',
]

const mistaken = [
  'patch cm settings -p {bad',
  'patch cm settings -p {bad --dry-run=client',
  'patch cm settings -p {} --dry-run=server',
  'patch cm settings --type=json -p [{"op":"remove","path":"/data/none"}] --dry-run=client',
  'patch cm settings --type=merge -p [] --dry-run=client',
  'taint node node-1 a=b:NoSchedule --dry-run=server',
  'label cm settings a=b --dry-run=server',
  'label cm settings --list -o name',
  'scale deploy web --replicas=3 --dry-run=server',
  'expose job once --port=80',
  'expose pod stuck --port=80',
  'rollout status job/once',
  'rollout history deploy/web --revision=9',
  'rollout history svc/web',
  'rollout undo ds/each',
  'rollout undo job/once',
  'rollout undo deploy/web --to-revision=1 --dry-run=client',
  'get pods --subresource=status',
  'get deploy web --subresource=scale',
  'get pods --server-print=false',
  'get pods --sort-by=.nothing',
  'get pods,svc --sort-by=.metadata.name',
  'get pods --context=none',
  'logs talks --limit-bytes=-1',
  'create job j --from=cronjob/x',
  'run x --image=nginx -it --rm --dry-run=client',
  'run x --image=nginx --overrides=[] --dry-run=client',
  'run x --image=nginx --port=80 --expose --dry-run=client -o yaml',
  'delete pod talks --cascade=bogus',
  'api-resources --categories=all',
  'config get-users',
  'certificate approve none',
  'rollout',
  'describe ev -n none',
  '--kubeconfig=/none get pods',
  ...['view', 'current-context', 'get-contexts', 'use-context none'].map((what) => `config ${what} --kubeconfig=/none`),
  'events -o json',
  'events --types=Warning -o yaml',
]

/** Lines that change nothing: both kubectls run them against one cluster. */
export const readingLines: readonly string[] = [
  ...got,
  ...forms,
  'get deploy web -o wide',
  'get rs -o wide',
  'get nodes -o wide',
  'get svc -o wide',
  'get jobs,ds,sts -o wide',
  'get cm settings -o yaml',
  'get secret db -o yaml',
  'get secret db -o jsonpath={.data.p}',
  'get secret db -o go-template={{.type}}',
  'get deploy web -o yaml',
  'get deploy web -o json',
  'get svc web -o yaml',
  'get node node-1 -o json',
  'get pods --show-labels',
  'get pods -L app',
  'get pods -l app=web --no-headers',
  'get pods -l app=none',
  'get pods --field-selector status.phase=Running -o name',
  'get pods -A --sort-by=.metadata.name',
  'get events --sort-by=.lastTimestamp',
  'get events --sort-by=.type -o name',
  'get events --sort-by=.count -o name',
  'get clusterroles --sort-by=.rules[0].verbs[0] -o name',
  'get clusterroles --sort-by=.rules[0].apiGroups[0]',
  'get pods talks stuck none',
  'get secret none',
  'get secret none --ignore-not-found',
  'get none',
  'get pods -o nonsense',
  'get pods web --as=jane',
  'get secrets --as=system:serviceaccount:default:default',
  'get --raw /healthz',
  'get --raw /api/v1/namespaces/default/configmaps/settings',
  'describe secret db',
  'describe cm settings',
  'describe pod talks',
  'describe pod stuck',
  'describe deploy web',
  'describe rs',
  'describe svc web',
  'describe job once',
  'describe ds each',
  'describe sts row',
  'describe sa default',
  'describe role reader',
  'describe rolebinding reader',
  'describe node node-1',
  'describe ns default',
  'describe secret none',
  'logs talks',
  'logs talks --tail=1',
  'logs talks -c none',
  'logs stuck',
  'logs deploy/none',
  'logs job/once',
  'exec none -- ls',
  'api-versions',
  'api-resources --api-group=apps',
  'api-resources -o name --namespaced=false',
  ...listed,
  'explain secret.data',
  'explain deployment.spec.strategy.rollingUpdate',
  'explain pod.spec.none',
  'explain pod.spec.containers',
  'explain crd --recursive',
  'explain deployments.apps.spec',
  'explain pod.metadata.managedFields.fieldsV1',
  'explain bogus',
  'explain pods[0]',
  'auth can-i list secrets',
  'auth can-i list secrets --as=system:serviceaccount:default:default',
  'auth can-i get secret/db --as=system:serviceaccount:default:default',
  'rollout status deploy/web',
  'rollout status ds/each',
  'rollout status sts/row',
  'rollout history deploy/web',
  'wait --for=condition=Available deploy/web --timeout=30s',
  'wait --for=delete pod/none --timeout=30s',
  'version -o json',
  'config current-context',
  'delete secret none',
  'label secret none a=b',
  'scale deploy/none --replicas=1',
  'create secret generic db --from-literal=a=b',
  'create configmap x --from-literal=a=b --dry-run=client -o yaml',
  'create job x --image=busybox --dry-run=client -o yaml',
  'create deployment x --image=nginx --dry-run=server -o name',
  'run x --image=nginx --dry-run=client -o yaml',
  'expose deploy web --port=80 --dry-run=client -o yaml',
  'set image deploy/web c=nginx:2 --dry-run=client -o name',
  ...mistaken,
  ...asStructs,
  ...templates,
]

const applied = (replicas: number) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'applied' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'applied' } },
      template: { metadata: { labels: { app: 'applied' } }, spec: pod() },
    },
  })

const settings = (...names: readonly string[]) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: names.map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { set: 'yes' } } })),
  })

/** Lines that change the cluster: each kubectl runs them, one after the other, against a cluster of its own. */
export const changingLines: readonly CommandLine[] = [
  { line: 'create ns other' },
  { line: 'create secret generic made --from-literal=a=1' },
  { line: 'create configmap made --from-literal=a=1 -o yaml' },
  { line: 'create sa robot' },
  { line: 'create role r --verb=get --resource=pods' },
  { line: 'create rolebinding r --role=r --serviceaccount=default:robot' },
  { line: 'create deployment made --image=nginx:1 --replicas=2' },
  { line: 'create -f -', stdin: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x"}}' },
  { line: 'create -f -', stdin: '{"apiVersion":"v1","kind":"Nonsense","metadata":{"name":"x"}}' },
  { line: 'create -f -', stdin: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Not A Name"}}' },
  { line: 'create -f -', stdin: '{"apiVersion":"v1","kind":"configmap","metadata":{"name":"lower"}}' },
  { line: 'create -f -', stdin: '{"apiVersion":"v1","kind":"ConfigMapList","items":[{"metadata":{"name":"listed"}}]}' },
  { line: 'create -f -', stdin: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","labels":{"a":1}}}' },
  { line: 'create -f - --dry-run=client', stdin: '{"apiVersion":"v1","kind":"ConfigMap"}' },
  ...local,
  ...brokenJson.map((stdin) => ({ line: 'create -f -', stdin })),
  { line: 'apply -f -', stdin: applied(1) },
  { line: 'apply -f -', stdin: applied(1) },
  { line: 'apply -f - --dry-run=server', stdin: applied(3) },
  { line: 'diff -f -', stdin: applied(1) },
  { line: 'apply -f -', stdin: applied(2) },
  { line: 'apply view-last-applied deploy applied' },
  { line: 'apply set-last-applied -f -', stdin: applied(1) },
  { line: 'apply set-last-applied -f -', stdin: applied(1) },
  { line: 'apply set-last-applied -f -', stdin: settings('made') },
  { line: 'apply set-last-applied -f - --create-annotation -o yaml', stdin: settings('made') },
  { line: 'apply view-last-applied cm made' },
  { line: 'apply view-last-applied sa default' },
  { line: 'apply -f -', stdin: settings('kept', 'dropped') },
  { line: 'apply -f - --prune', stdin: settings('kept') },
  {
    line: 'apply -f - --prune -l set=yes --prune-whitelist=core/v1/ConfigMap --dry-run=server',
    stdin: settings('kept'),
  },
  { line: 'apply -f - --prune -l set=yes --prune-allowlist=core/v1/ConfigMap', stdin: settings('kept') },
  { line: 'apply -f - -l set=no', stdin: settings('kept') },
  ...forced,
  ...certificates,
  { line: 'run single --image=nginx:1 --labels=app=single' },
  { line: 'expose deploy made --port=80' },
  { line: 'get secret made -o yaml' },
  { line: 'patch deploy made --type=merge -p {"spec":{"replicas":"three"}}' },
  { line: 'label secret made tier=front' },
  { line: 'label secret made tier=back' },
  { line: 'label secret made tier=back --overwrite' },
  { line: 'label pods --all seen=yes' },
  { line: 'annotate deploy made note=x' },
  { line: 'annotate deploy made note-' },
  { line: 'patch secret made -p {"stringData":{"a":"3"}}' },
  { line: 'patch deploy made --type=json -p [{"op":"replace","path":"/spec/replicas","value":3}]' },
  { line: 'scale deploy made --replicas=1' },
  { line: 'scale deploy made --replicas=2 --current-replicas=5' },
  { line: 'autoscale deploy made --max=3' },
  { line: 'set image deploy/made nginx=nginx:2' },
  { line: 'set env deploy/made --from=secret/made' },
  { line: 'rollout restart deploy/applied' },
  { line: 'rollout pause deploy/applied' },
  { line: 'rollout resume deploy/applied' },
  { line: 'rollout undo deploy/made' },
  { line: 'rollout history deploy/made' },
  { line: 'replace -f -', stdin: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"made"},"data":{"a":"4"}}' },
  { line: 'get cm made -o jsonpath={.data}' },
  { line: 'get deploy made -o jsonpath={.spec}' },
  { line: 'cordon node-1' },
  { line: 'cordon node-1' },
  { line: 'uncordon node-1' },
  { line: 'taint node node-1 k=v:NoSchedule' },
  { line: 'taint node node-1 k-' },
  { line: 'delete pod single --wait=false' },
  { line: 'delete deploy made --wait=false' },
  { line: 'delete cm,sa -l app=none' },
  { line: 'delete ns other --wait=false' },
  { line: 'create deployment undone --image=nginx:1' },
  { line: 'annotate deploy undone kubernetes.io/change-cause=one' },
  { line: 'set image deploy/undone nginx=nginx:2' },
  { line: 'rollout undo deploy/undone' },
  { line: 'get deploy undone -o jsonpath={.metadata.annotations}' },
  { line: 'get cm,secrets,sa,roles' },
]

/** What may differ, and why. */
export interface MayDiffer {
  readonly line: string
  readonly why: string
  /** Minor version of the first kubectl that differs. */
  readonly since?: number
}

/** A row whose line is alike for all kubectls fails the test: it is to be taken from here. */
export const mayDiffer: readonly MayDiffer[] = [
  { line: 'version -o json', why: 'a program tells its own build' },
  {
    line: 'set image pod/talks c=x --dry-run=client -o yaml',
    why: 'kubectl 1.32 does not know status.observedGeneration of v1.36 and leaves it out; the simulated one reads with the structs of v1.36',
  },
]

/**
 * Lines that kubectls of 1.35 on never end against a server of v1.18, a real one's either: they wait for a bookmark that servers before
 * v1.27 do not send, and only servers from v1.19 on refuse what they do not know. Source: client-go tools/cache/reflector.go, watchList.
 */
export function waitsForever(line: string, kubectlMinor: number, serverMinor: number): boolean {
  return kubectlMinor >= 35 && serverMinor < 19 && /^(?:rollout status|wait) /.test(line)
}
