import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What real kubectls printed for the same lines (`podsim serve`, clusters of v1.26, v1.36 and v1.18). */
function shell(kubectl: string, version: 'v1.18' | 'v1.26' | 'v1.36'): (line: string) => string {
  const sim = createSim({ journal: 'off', nodes: 1, version, kubectl })
  sim.apply(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', labels: { app: 'web' } },
      data: { 'b.conf': 'x' },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bare' },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1000'] }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'each' },
      spec: {
        selector: { matchLabels: { ds: 'each' } },
        template: { metadata: { labels: { ds: 'each' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
      },
    },
  )
  sim.shell('kubectl create deployment web --image=nginx --port=80; kubectl create job once --image=busybox -- true')
  sim.runFor('20s')
  return (line) => {
    const { stdout, stderr, exitCode } = sim.shell(`kubectl ${line}`)
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
}

const rows: readonly (readonly [line: string, printed: string])[] = [
  ['patch cm settings -p \'{"data":{"x":"y"}}\' --dry-run=server', 'configmap/settings patched\n'],
  ['patch cm settings -p {} --dry-run=client', 'configmap/settings patched (no change)\n'],
  ["patch cm settings -p '{bad' --dry-run=client", 'error: invalid JSON document\n[1]'],
  [
    "patch cm settings -p '{bad'",
    "Error from server (BadRequest): invalid character 'b' looking for beginning of object key string\n[1]",
  ],
  [
    'patch cm settings --type=json -p \'[{"op":"remove","path":"/data/none"}]\' --dry-run=client',
    "error: error in remove for path: '/data/none': Unable to remove nonexistent key: none: missing value\n[1]",
  ],
  ['patch cm settings -p {} --local', 'error: cannot specify --local and server resources\n[1]'],
  ['taint node node-1 a=b:NoSchedule --dry-run=server', 'node/node-1 tainted\n'],
  ['label cm settings a=b --dry-run=server', 'configmap/settings labeled (server dry run)\n'],
  ['label cm settings --list -o name', 'error: --list and --output may not be specified together\n[1]'],
  ['expose job once --port=80', 'error: cannot expose a Job.batch\n[1]'],
  [
    'expose pod bare --port=80',
    "error: couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed\n[1]",
  ],
  ['rollout status job/once', 'error: no status viewer has been implemented for Job.batch\n[1]'],
  ['rollout history deploy/web --revision=9', 'error: unable to find the specified revision\n[1]'],
  [
    'rollout history svc/kubernetes',
    'error: error retrieving history for "Service", no visitor method exists for { Service}\n[1]',
  ],
  ['rollout undo ds/each', 'error: no last revision to roll back to\n[1]'],
  ['rollout undo job/once', 'error: no rollbacker has been implemented for "Job.batch"\n[1]'],
  [
    'rollout undo deploy/web --to-revision=1',
    'deployment.apps/web skipped rollback (current template already matches revision 1)\n',
  ],
  ['wait --for=condition=Ready=False pod/bare --timeout=0s', 'error: condition not met for pods/bare\n[1]'],
  ['get pods --subresource=status', 'error: subresource cannot be used when bulk resources are specified\n[1]'],
  [
    'get deploy web --subresource=bogus',
    'Error from server (NotFound): the server could not find the requested resource\n[1]',
  ],
  ['get --raw api', 'error: --raw must be a valid URL path: parse "api": invalid URI for request\n[1]'],
  ['get pods --sort-by=.nothing', 'No resources found in default namespace.\n'],
  [
    'get pod/bare cm/settings --sort-by=.metadata.name',
    'error: couldn\'t find any field with path "{.metadata.name}" in the list of objects\n[1]',
  ],
  ['logs bare --limit-bytes=-1', 'error: --limit-bytes must be greater than 0\n[1]'],
  ['create service externalname s --dry-run=client', 'error: required flag(s) "external-name" not set\n[1]'],
  ['config get-users', 'NAME\nadmin\n'],
  ['alpha', 'No alpha commands are available in this version of kubectl\n'],
  ['completion', "error: Shell not specified.\nSee 'kubectl completion -h' for help and examples\n[1]"],
  ['get pods --context=none', 'Error in configuration: context was not found for specified context: none\n[1]'],
  ['get pods --cluster=none', 'error: no server found for cluster "none"\n[1]'],
  ['get pods --user=none', 'error: auth info "none" does not exist\n[1]'],
  ['create cm x --dry-run=client --context=none', 'error: context "none" does not exist\n[1]'],
  [
    'certificate approve none',
    'Error from server (NotFound): certificatesigningrequests.certificates.k8s.io "none" not found\n[1]',
  ],
  ['certificate deny', 'error: one or more CSRs must be specified as <name> or -f <filename>\n[1]'],
  [
    'get ev -o name --field-selector=reason=none',
    'Warning: short name "ev" could also match lower priority resource events.events.k8s.io\n',
  ],
  ['events -A -o name', ''],
  ['convert', 'error: unknown command "convert" for "kubectl"\n[1]'],
  [
    'delete pod bare --cascade=false --dry-run=client',
    'pod "bare" deleted (dry run)\nwarning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.\n',
  ],
]

describe('kubectl 1.32.3 for a cluster of v1.26', () => {
  const run = shell('1.32.3', 'v1.26')

  test.each(rows)('%s', (line, printed) => {
    expect(run(line)).toBe(printed)
  })

  test('names and ages are what there is to tell without the server', () => {
    expect(run('get cm settings --server-print=false')).toMatch(/^NAME {7}AGE\nsettings {3}2\ds\n$/)
  })

  test('objects are told as the structs of kubectl hold them', () => {
    expect(run('expose deploy web --port=81 --selector=a=b --external-ip=1.2.3.4 --dry-run=client -o yaml')).toBe(
      'apiVersion: v1\nkind: Service\nmetadata:\n  creationTimestamp: null\n  labels:\n    app: web\n  name: web\nspec:\n  externalIPs:\n  - 1.2.3.4\n' +
        '  ports:\n  - port: 81\n    protocol: TCP\n    targetPort: 81\n  selector:\n    a: b\nstatus:\n  loadBalancer: {}\n',
    )
    expect(run('create sa robot --dry-run=server -o json')).toMatch(
      /^\{\n {4}"kind": "ServiceAccount",\n {4}"apiVersion": "v1",\n {4}"metadata": \{\n {8}"name": "robot",\n {8}"namespace": "default",\n {8}"uid": "[^"]+",\n {8}"creationTimestamp": "[^"]+"\n {4}\}\n\}\n$/,
    )
    expect(run('set image pod/bare c=x --dry-run=client -o yaml')).toMatch(/\n {4}lastState: \{\}\n/)
  })

  test('an undone Deployment has the annotations of its former ReplicaSet', () => {
    run('set image deploy/web nginx=nginx:2')
    run('annotate deploy web kubernetes.io/change-cause=second; sleep 10')
    expect(run('rollout undo deploy/web')).toBe('deployment.apps/web rolled back\n')
    expect(run('get deploy web -o jsonpath={.metadata.annotations}')).not.toMatch(/second/)
  })
})

test.each([
  ['1.20.2', 'v1.18', 'label cm settings a=b --dry-run=server', 'configmap/settings labeled\n'],
  [
    '1.20.2',
    'v1.18',
    'patch cm settings',
    'error: must specify --patch or --patch-file containing the contents of the patch\n[1]',
  ],
  [
    '1.20.2',
    'v1.18',
    'expose pod bare --port=80',
    "error: couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed\nSee 'kubectl expose -h' for help and examples\n[1]",
  ],
  ['1.20.2', 'v1.18', 'logs -l app=none', ''],
  [
    '1.20.2',
    'v1.18',
    'create job j --from=cronjob/x',
    'Error from server (NotFound): cronjobs.batch "x" not found\n[1]',
  ],
  ['1.20.2', 'v1.18', 'scale deploy web --replicas=3 --dry-run=server', 'deployment.apps/web scaled\n'],
  [
    '1.35.2',
    'v1.36',
    'api-resources -o bogus',
    'error: unable to match a printer suitable for the output format "bogus", allowed formats are: json,kyaml,name,wide,yaml\n[1]',
  ],
  [
    '1.20.2',
    'v1.18',
    'annotate cm settings --list -o name',
    'error: --list and --output may not be specified together\n[1]',
  ],
  [
    '1.35.2',
    'v1.36',
    'get deploy web --subresource=bogus',
    'Error from server (NotFound): the server could not find the requested resource\n[1]',
  ],
  [
    '1.32.3',
    'v1.26',
    'auth whoami',
    'error: the selfsubjectreviews API is not enabled in the cluster\nenable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API\n[1]',
  ],
] as const)('kubectl %s, a cluster of %s: %s', (kubectl, version, line, printed) => {
  expect(shell(kubectl, version)(line)).toBe(printed)
})
