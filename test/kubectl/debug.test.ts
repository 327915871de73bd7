import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { Sim } from '../../src/sim/sim.ts'

type Version = 'v1.18' | 'v1.22' | 'v1.26' | 'v1.32' | 'v1.35'

/** A cluster with the Pod `web`, which mounts Secret `db`. */
function withWeb(version: Version, kubectl: string, spec: object = {}): Sim {
  const sim = createSim({ journal: 'off', nodes: 1, version, kubectl, seed: 'debug' })
  sim.shell('kubectl create secret generic db --from-literal=PASS=hunter2')
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', labels: { app: 'web' }, annotations: { note: 'n' } },
    spec: {
      volumes: [{ name: 'db', secret: { secretName: 'db' } }],
      containers: [
        {
          name: 'app',
          image: 'busybox',
          command: ['sleep', '1000000'],
          volumeMounts: [{ name: 'db', mountPath: '/etc/db' }],
          readinessProbe: { exec: { command: ['true'] }, periodSeconds: 60 },
        },
      ],
      ...spec,
    },
  })
  sim.runFor('10s')
  return sim
}

function told(sim: Sim, line: string): string {
  const { stdout, stderr, exitCode } = sim.shell(line)
  return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
}

const podOf = (sim: Sim, name = 'web') => sim.get('Pod', name) as Pod // the kind that was asked for
const namesOf = (sim: Sim) => sim.list('Pod').map(({ metadata }) => metadata.name)
const targeting =
  'Targeting container "app". If you don\'t see processes from this container it may be because the container runtime doesn\'t support this feature.\n'
const legacy =
  '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n'

describe('kubectl debug adds a container to a Pod', () => {
  test('with --image, --target and -c: it is started, shares what it mounts, and is shown apart from the others', () => {
    const sim = withWeb('v1.32', 'v1.32.4')
    expect(told(sim, 'kubectl debug web --image=busybox --target=app -c dbg -- sleep 1000000')).toBe(
      `${targeting}${legacy}`,
    )
    sim.runFor('5s')
    expect(podOf(sim).spec.ephemeralContainers).toEqual([
      {
        name: 'dbg',
        image: 'busybox',
        command: ['sleep', '1000000'],
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'Always',
        targetContainerName: 'app',
      },
    ])
    const described = told(sim, 'kubectl describe pod web')
    expect(described).toMatch(/\nEphemeral Containers:\n {2}dbg:\n {4}Container ID: {2}containerd:/)
    expect(told(sim, 'kubectl get pod web --no-headers')).toMatch(/^web +[01]\/1 +Running +0 /)
  })

  test('without a name one is drawn; with --attach what it writes is shown until it ends', () => {
    const sim = withWeb('v1.32', 'v1.32.4')
    const line = `kubectl debug web --image=busybox --attach --env=B=2,A=1 --profile=general -- sh -c 'echo "$A$B"; sleep 2; echo end'`
    expect(told(sim, line)).toMatch(/^Defaulting debug container name to debugger-[b-z2-9]{5}\.\n12\nend\n$/)
    const [late] = podOf(sim).spec.ephemeralContainers ?? []
    expect(late).toMatchObject({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      securityContext: { capabilities: { add: ['SYS_PTRACE'] } },
    })
    expect(told(sim, `kubectl logs web -c ${late?.name}`)).toBe('12\nend\n')
  })

  test('typing is refused before anything is made', () => {
    const sim = withWeb('v1.32', 'v1.32.4')
    expect(told(sim, 'kubectl debug -it web --image=busybox --profile=general')).toBe(
      'error: podsim does not simulate typing into a container: with --attach=false it is made, and exec runs commands in it\n[1]',
    )
    expect(podOf(sim).spec.ephemeralContainers).toBeUndefined()
    expect(told(sim, 'kubectl debug -it web --image=busybox --profile=general -c sh --attach=false')).toBe('')
    sim.runFor('5s')
    expect(told(sim, 'kubectl exec web -c sh -- echo hi')).toBe('hi\n')
  })

  test.each<[Version, string, string]>([
    ['v1.18', 'v1.20.2', '.'],
    ['v1.22', 'v1.22.0', '.'],
    ['v1.22', 'v1.27.0', ''],
  ])('a server of %s has no such subresource: kubectl %s says so', (version, kubectl, end) => {
    const sim = withWeb(version, kubectl)
    const text = told(sim, 'kubectl debug web --image=busybox -c dbg')
    expect(text).toBe(
      `error: ephemeral containers are disabled for this cluster (error from server: "the server could not find the requested resource")${end}\n[1]`,
    )
  })

  test('an unknown target is refused by the server', () => {
    const sim = withWeb('v1.35', 'v1.35.2')
    expect(told(sim, 'kubectl debug web --image=busybox -c dbg --target=zz --quiet --profile=general')).toBe(
      'The Pod "web" is invalid: spec.ephemeralContainers[0].targetContainerName: Not found: "zz"\n[1]',
    )
  })

  test('kubectl 1.33 warns where the Pod runs as another user than root', () => {
    const sim = withWeb('v1.35', 'v1.35.2', { securityContext: { runAsUser: 1000 } })
    expect(told(sim, 'kubectl debug web --image=busybox -c dbg --profile=general -- true')).toBe(
      'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
    )
    expect(told(sim, 'kubectl debug web --image=busybox -c dbg2 --profile=baseline -- true')).toBe('')
  })
})

describe('kubectl debug copies a Pod', () => {
  test.each([
    ['v1.26.0', undefined, false, false],
    ['v1.35.2', 'legacy', false, true],
    ['v1.35.2', 'general', true, true],
  ])('kubectl %s, profile %s', (kubectl, profile, dropsProbes, dropsNote) => {
    const sim = withWeb('v1.26', kubectl)
    const flag = profile === undefined ? '' : `--profile=${profile}`
    told(sim, `kubectl debug web --image=busybox --copy-to=copy -c dbg ${flag} -- sleep 1000000`)
    const { metadata, spec } = podOf(sim, 'copy')
    expect(metadata.labels).toBeUndefined()
    expect(metadata.annotations?.note).toBe(profile === 'general' && dropsNote ? undefined : 'n')
    expect(spec.containers.map(({ name }) => name)).toEqual(['app', 'dbg'])
    expect(spec.containers[0]?.readinessProbe === undefined).toBe(dropsProbes)
    expect(spec.shareProcessNamespace).toBe(profile === 'general' ? true : undefined)
    expect(spec.ephemeralContainers).toBeUndefined()
  })

  test('with other images or words, and --replace takes the Pod away', () => {
    const sim = withWeb('v1.26', 'v1.26.0')
    expect(told(sim, 'kubectl debug web --copy-to=a --set-image=*=busybox:2')).toBe('')
    expect(podOf(sim, 'a').spec.containers[0]?.image).toBe('busybox:2')
    expect(told(sim, 'kubectl debug web --copy-to=b -c app --replace --same-node -- sleep 5')).toBe('')
    expect(podOf(sim, 'b').spec.containers[0]?.command).toEqual(['sleep', '5'])
    expect(podOf(sim, 'b').spec.nodeName).toBe('node-1')
    expect(namesOf(sim)).toEqual(['a', 'b'])
  })
})

test('kubectl debug node/NAME makes a Pod in the namespaces of the node, with its files at /host', () => {
  const sim = withWeb('v1.35', 'v1.35.2')
  expect(told(sim, 'kubectl debug node/node-1 --image=busybox --profile=general -- sleep 1000000')).toMatch(
    /^Creating debugging pod node-debugger-node-1-[b-z2-9]{5} with container debugger on node node-1\.\n$/,
  )
  sim.runFor('5s')
  const name = namesOf(sim).find((one) => one.startsWith('node-debugger')) ?? ''
  const { metadata, spec } = podOf(sim, name)
  expect(metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'kubectl-debug' })
  expect(spec).toMatchObject({
    nodeName: 'node-1',
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    restartPolicy: 'Never',
  })
  const uid = podOf(sim).metadata.uid
  const path = `/host/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~secret/db/PASS`
  expect(told(sim, `kubectl exec ${name} -- cat ${path}`)).toBe('hunter2')
})

test.each([
  ['kubectl debug web', 'you must specify --image when not using --copy-to.'],
  ['kubectl debug web --image=busybox --replace', '--replace may only be used with --copy-to.'],
  ['kubectl debug web --image=busybox --same-node', '--same-node may only be used with --copy-to.'],
  ['kubectl debug web --image=busybox --set-image=a=b', '--set-image may only be used with --copy-to.'],
  ['kubectl debug web --copy-to=x', 'you must specify --image, --set-image or command arguments.'],
  [
    'kubectl debug web --copy-to=x -- sh',
    'you must specify an existing container or a new image when specifying args.',
  ],
  [
    'kubectl debug web --copy-to=x -c new --profile=general -- sh',
    'you must specify image when creating new container',
  ],
  [
    'kubectl debug web --image=busybox --copy-to=x --target=app',
    '--target is incompatible with --copy-to. Use --share-processes instead.',
  ],
  ['kubectl debug --image=busybox', 'NAME or filename is required for debug'],
  ['kubectl debug web --image=UPPER', 'invalid image name "UPPER": invalid reference format'],
  ['kubectl debug web --image=busybox --image-pull-policy=Never1', 'invalid image pull policy: Never1'],
  ['kubectl debug web --image=busybox -t', '-i/--stdin is required for containers with -t/--tty=true'],
  ['kubectl debug web --image=busybox --profile=zz', 'unknown profile: zz'],
  ['kubectl debug deploy/web --image=busybox --profile=general', '"apps/v1, Kind=Deployment" not supported by debug'],
  [
    'kubectl debug web --attach --copy-to=x --set-image=a=b',
    'you must specify --container or create a new container using --image in order to attach.',
  ],
])('%s is refused', (line, text) => {
  const sim = withWeb('v1.32', 'v1.32.4')
  sim.shell('kubectl create deployment web --image=busybox')
  expect(told(sim, line)).toBe(`error: ${text}\n[1]`)
})
