import { describe, expect, test } from 'vitest'
import { createKubectlWorld } from './world.ts'

const secret = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: "1"\n'

describe('C5: files', () => {
  test('a directory gives its manifests in the order of their names; lists are taken apart', () => {
    const world = createKubectlWorld()
    world.file('d/b.yaml', secret)
    world.file(
      'd/a.json',
      '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}]}',
    )
    world.file('d/c.txt', 'not a manifest')
    expect(world.out('apply -f d')).toBe('configmap/x created\nsecret/s created\n')
    // stringData is never stored, so that it differs each time.
    expect(world.out('apply -f d')).toBe('configmap/x unchanged\nsecret/s configured\n')
    expect(world.out('delete -f d')).toBe('configmap "x" deleted\nsecret "s" deleted\n')
  })

  test('diff of objects that have nothing in common ends at once, as one that takes the place of the other', () => {
    const world = createKubectlWorld()
    const text = (of: (i: number) => number) =>
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } },
        data: { k: Array.from({ length: 5000 }, (_, i) => `${of(i)}\n`).join('') },
      })
    world.run(
      'create -f -',
      text((i) => i),
    )
    const { stdout, exitCode } = world.run(
      'diff -f -',
      text((i) => (i * 7919) % 20_011),
    )
    expect(exitCode).toBe(1)
    const [, range = ''] = /^@@ (.*) @@$/m.exec(stdout) ?? []
    expect(range).toMatch(/^-1,50\d{2} \+1,50\d{2}$/)
    const taken = stdout.split('\n').filter((line) => line.startsWith('-    ')).length
    const put = stdout.split('\n').filter((line) => line.startsWith('+    ')).length
    expect([taken, put].map((count) => count >= 5000)).toEqual([true, true])
  })

  test('a document that is a list or a text has an error of its own', () => {
    const world = createKubectlWorld()
    const told = (json: string) => world.run('create --validate=false -f -', json).stderr
    for (const [document, type] of [
      ['- a\n- b\n', 'array'],
      ['hello\n', 'string'],
      ['3\n', 'number'],
    ])
      expect(told(document ?? '')).toBe(
        `error: unable to decode "STDIN": json: cannot unmarshal ${type} into Go value of type unstructured.detector\n`,
      )
  })

  test('--local adds no namespace, and label prints its objects without a mark between them', () => {
    const world = createKubectlWorld()
    const { stdout } = world.run('label --local -f - x=y -o yaml', `${secret}---\n${secret}`)
    const one = 'apiVersion: v1\nkind: Secret\nmetadata:\n  labels:\n    x: "y"\n  name: s\nstringData:\n  a: "1"\n'
    expect(stdout).toBe(one + one)
  })

  test('one broken document does not keep back the others, and the command fails', () => {
    const world = createKubectlWorld()
    const result = world.run('create -f -', `${secret}---\napiVersion: v1\nkind: Nope\nmetadata: {name: nope}\n`)
    expect(result).toEqual({
      stdout: 'secret/s created\n',
      stderr: 'error: unable to recognize "STDIN": no matches for kind "Nope" in version "v1"\n',
      exitCode: 1,
    })
  })

  test('a namespace of an object must be that of the flag', () => {
    const world = createKubectlWorld()
    const result = world.run('apply -n default -f -', secret.replace('name: s', 'name: s\n  namespace: other'))
    expect(result.stderr).toBe(
      'error: the namespace from the provided object "other" does not match the namespace "default". You must pass \'--namespace=other\' to perform this operation.\n',
    )
  })

  test('URLs are refused in words', () => {
    const world = createKubectlWorld()
    expect(world.run('apply -f https://example.com/x.yaml').stderr).toBe(
      'error: podsim does not simulate manifests from URLs (https://example.com/x.yaml)\n',
    )
  })
})

describe('facts/kubectl.md 8: rollouts', () => {
  test('a deployment is paused, resumed, changed, and rolled back', () => {
    const world = createKubectlWorld()
    world.out('create deployment web --image=redis')
    world.pass(2)
    expect(world.out('rollout pause deployment web')).toBe('deployment.apps/web paused\n')
    expect(world.run('rollout pause deployment web').stderr).toBe('error: deployments.apps "web" is already paused\n')
    expect(world.out('rollout resume deployment/web')).toBe('deployment.apps/web resumed\n')
    expect(world.out('set image deployment/web redis=redis:5')).toBe('deployment.apps/web image updated\n')
    world.pass(2)
    expect(world.out('rollout history deployment web')).toContain(
      'REVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n',
    )
    expect(world.out('rollout undo deployment web')).toBe('deployment.apps/web rolled back\n')
    expect(world.out('get deployment web -o jsonpath={.spec.template.spec.containers[0].image}')).toBe('redis')
  })

  test('status waits until the rollout is done, and lets time pass meanwhile', () => {
    const world = createKubectlWorld()
    world.out('create deployment web --image=redis')
    world.pass(2)
    world.kernel.schedule(30_000, () => {
      const [name] = world.out('get pods -l app=web -o name').split('\n')
      const conditions = ['Ready', 'ContainersReady', 'Initialized'].map((type) => ({ type, status: 'True' }))
      world.http('PATCH', `/api/v1/namespaces/default/pods/${name?.split('/')[1]}/status`, {
        status: { phase: 'Running', conditions },
      })
    })
    const before = world.kernel.now()
    expect(world.out('rollout status deployment web')).toMatch(
      /^Waiting for deployment "web" rollout.*\ndeployment "web" successfully rolled out\n$/,
    )
    expect(world.kernel.now() - before).toBeGreaterThanOrEqual(30_000)
  })
})

describe('facts/kubectl.md 4.3 and 8: waiting', () => {
  test('a deletion waits until the object is gone', () => {
    const world = createKubectlWorld()
    world.out('run p --image=redis --restart=Never')
    world.http('PATCH', '/api/v1/namespaces/default/pods/p', { metadata: { finalizers: ['example.com/held'] } })
    world.kernel.schedule(7000, () =>
      world.http('PATCH', '/api/v1/namespaces/default/pods/p', { metadata: { finalizers: null } }),
    )
    const before = world.kernel.now()
    expect(world.out('delete pod p --grace-period=0 --force')).toBe('pod "p" force deleted\n')
    expect(world.kernel.now() - before).toBeGreaterThanOrEqual(7000)
    expect(world.run('get pod p').exitCode).toBe(1)
  })

  test('a condition is waited for no longer than the timeout', () => {
    const world = createKubectlWorld()
    world.out('run p --image=redis --restart=Never')
    const before = world.kernel.now()
    expect(world.run('wait --for=condition=Ready pod/p --timeout=5s').stderr).toBe(
      'error: timed out waiting for the condition on pods/p\n',
    )
    expect(world.kernel.now() - before).toBe(5000)
  })
})

describe('facts/kubectl.md 8: containers', () => {
  const world = createKubectlWorld({
    exec: ({ argv, container }) => ({
      ok: true,
      stdout: `${container}: ${argv.join(' ')}\n`,
      stderr: '',
      exitCode: argv[0] === 'false' ? 3 : 0,
    }),
    logs: ({ container, tailLines }) => ({ ok: true, text: `${container} ${tailLines ?? 'all'}\n`, ended: true }),
    top: () => [{ namespace: 'default', name: 'p', cpuMillis: 3, memoryBytes: 5 * 1024 * 1024 }],
  })
  world.out(
    'apply -f -',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: two}\nspec: {containers: [{name: front, image: x}, {name: signer, image: x}]}\n',
  )

  test('exec gives the exit code of the command, and tells it', () => {
    expect(world.run('exec two -c signer -- false')).toEqual({
      stdout: 'signer: false\n',
      stderr: 'command terminated with exit code 3\n',
      exitCode: 3,
    })
  })

  test('without a container the first one is taken by exec, and none by logs (1.18)', () => {
    expect(world.run('exec two -- ls')).toEqual({
      stdout: 'front: ls\n',
      stderr:
        "Defaulting container name to front.\nUse 'kubectl describe pod/two -n default' to see all of the containers in this pod.\n",
      exitCode: 0,
    })
    expect(world.run('logs two').stderr).toBe(
      'error: a container name must be specified for pod two, choose one of: [front signer]\n',
    )
    expect(world.run('logs two -c nope').stderr).toBe('error: container nope is not valid for pod two\n')
  })

  test('logs of all containers come one after the other', () => {
    expect(world.out('logs two --all-containers --tail=2')).toBe('front 2\nsigner 2\n')
  })

  test('top rounds as the real one does, and pads its last cell', () => {
    expect(world.out('top pods')).toBe('NAME   CPU(cores)   MEMORY(bytes)   \np      3m           5Mi             \n')
  })
})

describe('facts/kubectl.md 8: nodes', () => {
  test('a drain names what keeps it, then evicts', () => {
    const world = createKubectlWorld()
    world.out(
      'apply -f -',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {nodeName: node-1, containers: [{name: c, image: x}]}\n',
    )
    const refused = world.run('drain node-1')
    expect(refused.stdout).toBe('node/node-1 cordoned\n')
    expect(refused.stderr).toContain(
      'error: cannot delete Pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet (use --force to override): default/p\n',
    )
    world.kernel.schedule(10_000, () => world.run('delete pod p --grace-period=0 --force'))
    expect(world.out('drain node-1 --force')).toBe(
      'node/node-1 already cordoned\nevicting pod default/p\npod/p evicted\nnode/node-1 evicted\n',
    )
  })
})

describe('facts/kubectl.md 1: what is not there', () => {
  const world = createKubectlWorld()
  test.each([
    ['frobnicate', 'Error: unknown command "frobnicate" for "kubectl"\nRun \'kubectl --help\' for usage.\n'],
    [
      'gett',
      'Error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n\nRun \'kubectl --help\' for usage.\n',
    ],
    ['get pods --nope', "Error: unknown flag: --nope\nSee 'kubectl get --help' for usage.\n"],
    ['rollout frob', 'error: unknown command "frob"\nSee \'kubectl rollout -h\' for help and examples\n'],
    ['port-forward pod/x 80', 'Error from server (NotFound): pods "x" not found\n'],
    ['proxy', 'error: podsim does not simulate kubectl proxy\n'],
    ['scale deployment web', 'Error: required flag(s) "replicas" not set\n'],
    [
      '--server=https://1.2.3.4:5 get pods',
      'The connection to the server 1.2.3.4:5 was refused - did you specify the right host or port?\n',
    ],
  ])('%s', (line, stderr) => {
    expect(world.run(line)).toEqual({ stdout: '', stderr, exitCode: 1 })
  })

  test('the context decides the namespace', () => {
    expect(world.out('config set-context --current --namespace=kube-system')).toBe('Context "c" modified.\n')
    expect(world.run('get secret nope').stderr).toBe('Error from server (NotFound): secrets "nope" not found\n')
    expect(world.out('config get-contexts')).toBe(
      'CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\n*         c      c         admin      kube-system\n',
    )
  })
})

describe('create ingress', () => {
  const line = 'create ingress a --rule=foo.com/x*=svc:80,tls=cert --rule=foo.com/=web:http'

  test('makes rules by host; a star at the end of a path is a prefix', () => {
    const world = createKubectlWorld({ clientVersion: '1.32.4' })
    const made = JSON.parse(world.out(`${line} --dry-run=client -o json`))
    expect(made.spec).toEqual({
      tls: [{ hosts: ['foo.com'], secretName: 'cert' }],
      rules: [
        {
          host: 'foo.com',
          http: {
            paths: [
              { path: '/x', pathType: 'Prefix', backend: { service: { name: 'svc', port: { number: 80 } } } },
              { path: '/', pathType: 'Exact', backend: { service: { name: 'web', port: { name: 'http' } } } },
            ],
          },
        },
      ],
    })
  })

  test('a server of 1.18 has no ingresses of networking.k8s.io/v1', () => {
    expect(createKubectlWorld({ clientVersion: '1.20.2' }).run(line).stderr).toBe(
      'error: failed to create ingress: the server could not find the requested resource\n',
    )
  })
})

test('describe of a claim names the Pods that use it', () => {
  const world = createKubectlWorld({ clientVersion: '1.20.2' })
  world.out(
    'create -f -',
    `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], storageClassName: slow, resources: {requests: {storage: 5Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers: [{name: a, image: b}]
  volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]
`,
  )
  expect(world.out('describe pvc c')).toBe(`Name:          c
Namespace:     default
StorageClass:  slow
Status:        Pending
Volume:        
Labels:        <none>
Annotations:   <none>
Finalizers:    [kubernetes.io/pvc-protection]
Capacity:      
Access Modes:  
VolumeMode:    Filesystem
Used By:       p
Events:        <none>
`)
})

describe('events', () => {
  test('of one object, in the order of their times', () => {
    const world = createKubectlWorld({ clientVersion: '1.32.4' })
    world.out('create deployment web --image=x')
    world.pass(5)
    expect(world.out('events --for deploy/web')).toMatch(
      /^LAST SEEN {3}TYPE {5}REASON {14}OBJECT {11}MESSAGE\n5s {10}Normal {3}ScalingReplicaSet {3}Deployment\/web {3}Scaled up replica set web-\w+ to 1\n$/,
    )
    expect(world.run('events -n other').stderr).toBe('No events found in other namespace.\n')
  })

  test('an old kubectl has no such command', () => {
    expect(createKubectlWorld().run('events').stderr).toContain('unknown command "events" for "kubectl"')
  })
})

test('a flag of another version is unknown', () => {
  const line = 'run x --image=redis --requests=cpu=1 --dry-run=client'
  expect(createKubectlWorld().run(line).stdout).toBe('pod/x created (dry run)\n')
  expect(createKubectlWorld({ clientVersion: '1.32.4' }).run(line).stderr).toBe(
    "error: unknown flag: --requests\nSee 'kubectl run --help' for usage.\n",
  )
})

test('describe of an ingress asks for the endpoints of its backends', () => {
  const world = createKubectlWorld()
  world.out(
    'create -f -',
    `apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata: {name: i, annotations: {a: b}}
spec:
  rules: [{host: foo.com, http: {paths: [{path: /x, backend: {serviceName: web, servicePort: 80}}]}}]
`,
  )
  expect(world.out('describe ing i')).toBe(`Name:             i
Namespace:        default
Address:          
Default backend:  default-http-backend:80 (<error: endpoints "default-http-backend" not found>)
Rules:
  Host        Path  Backends
  ----        ----  --------
  foo.com     
              /x   web:80 (<error: endpoints "web" not found>)
Annotations:  a: b
Events:       <none>
`)
})
