import { describe, expect, test } from 'vitest'
import { bestPod } from '../../src/kubectl/commands/pick-pod.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** One line in a shell: what it printed on both streams, and its exit code. */
function told(sim: Sim, line: string): string {
  const { stdout, stderr, exitCode } = sim.shell(line)
  return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
}

const pod = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'app', image: 'busybox', command: ['sh', '-c', 'echo up; sleep 1000'] }], ...spec },
})

describe('logs and exec of what does not run', () => {
  test.each([
    { version: 'v1.18', words: 'unable to upgrade connection' },
    { version: 'v1.26', words: 'unable to upgrade connection' },
    { version: 'v1.30', words: 'unable to upgrade connection' },
    { version: 'v1.31', words: 'Internal error occurred: unable to upgrade connection' },
    { version: 'v1.36', words: 'Internal error occurred: unable to upgrade connection' },
  ] as const)('exec into what does not run: $version says $words', ({ version, words }) => {
    const sim = createSim({ journal: 'off', nodes: 1, version })
    sim.apply(
      pod('waits', { containers: [{ name: 'app', image: 'busybox', envFrom: [{ secretRef: { name: 'db' } }] }] }),
    )
    sim.runFor('20s')
    expect(told(sim, 'kubectl exec waits -- ls')).toBe(`error: ${words}: container not found ("app")\n[1]`)
  })

  test('the server and the kubelet say why, without words of kubectl before them', () => {
    const sim = createSim({
      journal: 'off',
      nodes: 1,
      images: [{ name: 'gone', private: { username: 'u', password: 'p' } }],
    })
    sim.apply(
      pod('nowhere', { nodeSelector: { disk: 'none' } }),
      pod('waits', {
        containers: [{ name: 'app', image: 'busybox', envFrom: [{ secretRef: { name: 'db' } }] }],
      }),
      pod('pulls', { containers: [{ name: 'app', image: 'gone' }] }),
      pod('runs'),
    )
    sim.runFor('1m')
    expect(told(sim, 'kubectl logs nowhere')).toBe('')
    expect(told(sim, 'kubectl exec nowhere -- ls')).toBe(
      'Error from server (BadRequest): pod nowhere does not have a host assigned\n[1]',
    )
    expect(told(sim, 'kubectl logs waits')).toBe(
      'Error from server (BadRequest): container "app" in pod "waits" is waiting to start: CreateContainerConfigError\n[1]',
    )
    expect(told(sim, 'kubectl exec waits -- ls')).toBe(
      'error: unable to upgrade connection: container not found ("app")\n[1]',
    )
    expect(told(sim, 'kubectl logs pulls')).toMatch(
      /^Error from server \(BadRequest\): container "app" in pod "pulls" is waiting to start: (image can't be pulled|trying and failing to pull image)\n\[1\]$/,
    )
    expect(told(sim, 'kubectl logs runs --previous')).toBe(
      'Error from server (BadRequest): previous terminated container "app" in pod "runs" not found\n[1]',
    )
    expect(told(sim, 'kubectl exec runs -c zz -- ls')).toBe(
      'Error from server (BadRequest): container zz is not valid for pod runs\n[1]',
    )
  })

  test('a crash loop keeps the log of the container before', () => {
    const sim = createSim({ journal: 'off', nodes: 1 })
    sim.apply(
      pod('crashes', { containers: [{ name: 'app', image: 'busybox', command: ['sh', '-c', 'echo bang; exit 3'] }] }),
    )
    sim.runFor('12s')
    expect(told(sim, 'kubectl logs crashes --previous')).toBe('bang\n')
    expect(told(sim, 'kubectl logs crashes')).toBe('bang\n')
  })

  test.each([
    ['1.20.2', 'Error from server (BadRequest): container zz is not valid for pod runs\n[1]'],
    ['1.26.0', 'Error from server (BadRequest): container zz is not valid for pod runs\n[1]'],
    ['1.36.0', 'error: container zz is not valid for pod runs out of: app, first (init)\n[1]'],
  ])('kubectl %s tells of a container that a Pod does not have', (kubectl, words) => {
    const sim = createSim({ journal: 'off', nodes: 1, kubectl })
    sim.apply(pod('runs', { initContainers: [{ name: 'first', image: 'busybox', command: ['true'] }] }))
    sim.runFor('20s')
    expect(told(sim, 'kubectl exec runs -c zz -- ls')).toBe(words)
  })
})

describe('a command that the image lacks', () => {
  test('with docker it ends with 126, containerd refuses it', () => {
    const run = (version: 'v1.18' | 'v1.26' | 'v1.36'): string => {
      const sim = createSim({ journal: 'off', nodes: 1, version })
      sim.apply(pod('runs'))
      sim.runFor('20s')
      return told(sim, 'kubectl exec runs -- nope').replace(/"[0-9a-f]{64}"/, '"ID"')
    }
    expect(run('v1.18')).toBe(
      `OCI runtime exec failed: exec failed: container_linux.go:349: starting container process caused "exec: \\"nope\\": executable file not found in $PATH": unknown\r\ncommand terminated with exit code 126\n[126]`,
    )
    const refused = `error: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "ID": OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH`
    // Errors of containerd 2 have no code behind them.
    expect(run('v1.26')).toBe(`${refused}: unknown\n[1]`)
    expect(run('v1.36')).toBe(`${refused}\n[1]`)
  })
})

describe('cp', () => {
  const running = (): Sim => {
    const sim = createSim({ journal: 'off', nodes: 1 })
    told(sim, 'kubectl create secret generic db --from-literal=password=hunter2')
    const container = {
      ...{ name: 'app', image: 'busybox', volumeMounts: [{ name: 'v', mountPath: '/s' }] },
      command: ['sh', '-c', 'mkdir -p /d/e; echo 1 >/d/e/f; printf "p\\303\\244\\377" > /bin.dat; sleep 1000'],
    }
    sim.apply(pod('runs', { containers: [container], volumes: [{ name: 'v', secret: { secretName: 'db' } }] }))
    sim.runFor('20s')
    return sim
  }

  test('links are not followed: of a Secret volume only the folder behind them arrives', () => {
    const sim = running()
    expect(told(sim, 'kubectl cp runs:/s/password out')).toBe(
      `tar: removing leading '/' from member names\nwarning: skipping symlink: "out" -> "..data/password" (consider using "kubectl exec -n "default" "runs" -- tar cf - "/s/password" | tar xf -")\n`,
    )
    const folder = told(sim, 'kubectl cp runs:/s all 2>/dev/null >&2; find all -type f')
    expect(folder).toMatch(/^all\/\.\.2020_[^/]+\/password\n$/)
  })

  test('folders and bytes come out and go in', () => {
    const sim = running()
    expect(told(sim, 'kubectl cp runs:/d got >/dev/null; cat got/e/f')).toBe('1\n')
    expect(told(sim, 'kubectl cp runs:/bin.dat b >/dev/null; od -An -tx1 b')).toBe(' 70 c3 a4 ff\n')
    expect(told(sim, 'kubectl exec runs -- cat /bin.dat | od -An -tx1')).toBe(' 70 c3 a4 ff\n')
    expect(told(sim, 'kubectl cp b runs:/in.dat; kubectl exec runs -- od -An -tx1 /in.dat')).toBe(' 70 c3 a4 ff\n')
    expect(told(sim, 'kubectl cp got runs:/tmp; kubectl exec runs -- find /tmp -type f')).toBe('/tmp/got/e/f\n')
    expect(told(sim, 'kubectl cp b runs:/s/new')).toBe(
      "tar: can't open 'new': Read-only file system\ncommand terminated with exit code 1\n[1]",
    )
  })

  test.each([
    ['a b', 'error: one of src or dest must be a remote file specification\n[1]'],
    ['runs:/a runs:/b', 'error: one of src or dest must be a local file specification\n[1]'],
    ['runs: b', 'error: filepath can not be empty\n[1]'],
    ['none runs:/x', "error: none doesn't exist in local filesystem\n[1]"],
    ['a/b/c:/x y', 'error: filespec must match the canonical format: [[namespace/]pod:]file/path\n[1]'],
    // Who reads the archive has come to its end before the command's is told.
    ['runs:/none x', 'tar: /none: No such file or directory\ntar: error exit delayed from previous errors\n'],
    ['runs:/d x -c zz', 'Error from server (BadRequest): container zz is not valid for pod runs\n[1]'],
  ])('cp %s', (line, words) => {
    expect(told(running(), `kubectl cp ${line}`)).toBe(words)
  })
})

describe('attach and port-forward', () => {
  test('are refused in the words of the real ones; what attach shows is what comes from now on', () => {
    const sim = createSim({ journal: 'off', nodes: 1, kubectl: '1.26.0' })
    sim.apply(
      pod('nowhere', { nodeSelector: { disk: 'none' } }),
      pod('over', { restartPolicy: 'Never', containers: [{ name: 'app', image: 'busybox', command: ['true'] }] }),
      pod('talks', {
        restartPolicy: 'Never',
        containers: [{ name: 'app', image: 'busybox', command: ['sh', '-c', 'echo a; sleep 60; echo b'] }],
      }),
    )
    sim.runFor('20s')
    const prompt = "If you don't see a command prompt, try pressing enter.\n"
    expect(told(sim, 'kubectl attach')).toBe('error: at least 1 argument is required for attach\n[1]')
    expect(told(sim, 'kubectl attach nowhere')).toBe(
      `${prompt}Error from server (BadRequest): pod nowhere does not have a host assigned\n[1]`,
    )
    expect(told(sim, 'kubectl attach over')).toBe(
      'error: cannot attach a container in a completed pod; current phase is Succeeded\n[1]',
    )
    expect(told(sim, 'kubectl attach talks')).toBe(`b\n${prompt}`)
    expect(told(sim, 'kubectl port-forward nowhere 80')).toBe(
      'error: unable to forward port because pod is not running. Current status=Pending\n[1]',
    )
    expect(told(sim, 'kubectl port-forward over x:web')).toBe("error: Pod 'over' does not have a named port 'web'\n[1]")
  })

  test('a Service is taken by its labels, and one without is refused', () => {
    const sim = createSim({ journal: 'off', nodes: 1 })
    sim.apply(pod('other'))
    told(sim, 'kubectl create deployment web --image=nginx; kubectl expose deployment web --port=80')
    sim.runFor('20s')
    expect(told(sim, 'kubectl exec svc/web -- hostname')).toMatch(/^web-/)
    expect(told(sim, 'kubectl logs svc/kubernetes')).toBe(
      "error: cannot get the logs from *v1.Service: invalid service 'kubernetes': Service is defined without a selector\n[1]",
    )
  })
})

describe('logs and exec of a workload', () => {
  test('take the best of its Pods, and logs say which', () => {
    const sim = createSim({ journal: 'off', nodes: 2 })
    told(sim, 'kubectl create deployment web --image=nginx')
    sim.runFor('20s')
    told(sim, 'kubectl scale deployment web --replicas=3')
    const [first] = sim.list('Pod')
    expect(sim.list('Pod')).toHaveLength(1)
    sim.runFor('20s')
    expect(sim.shell('kubectl logs deploy/web').stderr).toBe(`Found 3 pods, using pod/${first?.metadata.name}\n`)
    expect(told(sim, 'kubectl exec deploy/web -- hostname')).toBe(`${first?.metadata.name}\n`)
  })
})

describe('the Pod that logs and exec take of several', () => {
  /** Minutes after noon. */
  const minute = (at: number) => `2020-05-01T12:${String(at).padStart(2, '0')}:00Z`
  interface Facts {
    readonly node?: string
    readonly phase?: string
    readonly readyAt?: number
    readonly restarts?: readonly number[]
    readonly createdAt?: number
  }
  const made = (name: string, { node = 'n', phase = 'Running', readyAt, restarts = [0], createdAt = 0 }: Facts) => ({
    metadata: { name, creationTimestamp: minute(createdAt) },
    spec: { nodeName: node },
    status: {
      phase,
      conditions: [
        readyAt === undefined
          ? { type: 'Ready', status: 'False', lastTransitionTime: minute(0) }
          : { type: 'Ready', status: 'True', lastTransitionTime: minute(readyAt) },
      ],
      containerStatuses: restarts.map((restartCount) => ({ restartCount })),
    },
  })
  const cases: readonly [why: string, better: Facts, worse: Facts, forAttaching?: 'the other'][] = [
    ['one that has a node, whatever else', { phase: 'Pending' }, { node: '', readyAt: 1 }],
    ['one that runs, before one that waits', { restarts: [9] }, { phase: 'Pending' }],
    ['one of an unknown state, before one that waits', { phase: 'Unknown' }, { phase: 'Pending' }],
    ['one that is ready', { readyAt: 9, createdAt: 8 }, { restarts: [7] }],
    ['one that has been ready for longer', { readyAt: 3, createdAt: 2 }, { readyAt: 5, createdAt: 1 }],
    ['the older one', { createdAt: 1 }, { createdAt: 2 }],
    // Whose logs tell more, against where something can be run.
    ['one whose container restarted most', { restarts: [0, 3] }, { restarts: [2, 2] }, 'the other'],
    ['one that restarted, before an older one', { restarts: [1], createdAt: 5 }, { createdAt: 1 }, 'the other'],
  ]

  test.each(cases)('is %s', (_why, better, worse, forAttaching) => {
    const [first, second] = [made('better', better), made('worse', worse)]
    for (const pods of [
      [first, second],
      [second, first],
    ]) {
      expect(bestPod(pods, 'logs')).toBe(first)
      expect(bestPod(pods, 'attach')).toBe(forAttaching === undefined ? first : second)
    }
  })

  test('ended Pods are as good for logs as those that run, and the last to run something in', () => {
    const [ended, waiting] = [
      made('ended', { phase: 'Succeeded' }),
      made('waiting', { phase: 'Pending', createdAt: 3 }),
    ]
    expect(bestPod([waiting, ended], 'logs')).toBe(ended)
    expect(bestPod([made('young', { createdAt: 1 }), ended], 'logs')).toBe(ended)
    expect(bestPod([ended, made('runs', { createdAt: 1 })], 'attach')).toMatchObject({ metadata: { name: 'runs' } })
  })
})

test('a kind that selects no Pods is refused by the type that kubectl has it as', () => {
  const sim = createSim({ journal: 'off', nodes: 0 })
  told(sim, 'kubectl create secret generic db')
  const refused = 'selector for *v1.Secret not implemented\n[1]'
  expect(told(sim, 'kubectl logs secret/db')).toBe(`error: cannot get the logs from *v1.Secret: ${refused}`)
  expect(told(sim, 'kubectl exec secret/db -- ls')).toBe(`error: cannot attach to *v1.Secret: ${refused}`)
})

test('describe node tells of the node that was asked for, and of the Pods that it has', () => {
  const sim = createSim({ journal: 'off', nodes: 2 })
  sim.apply(pod('here', { nodeName: 'node-2' }))
  sim.runFor('20s')
  const described = (node: string) => told(sim, `kubectl describe node ${node}`)
  expect(described('node-2')).toMatch(/^Name: +node-2\n[\s\S]*kubernetes\.io\/hostname=node-2\n/)
  expect(described('node-2')).toMatch(/Non-terminated Pods: +\(\d+ in total\)\n[\s\S]*\n +default +here +0 \(0%\)/)
  expect(described('node-1')).toMatch(/^Name: +node-1\n/)
  expect(described('node-1')).not.toContain('here')
})

describe('what was taken from a cluster', () => {
  test('C1 can be created in another namespace and restored: its version is left out', () => {
    const sim = createSim({ journal: 'off', nodes: 0 })
    told(sim, 'kubectl create secret generic db --from-literal=password=one; kubectl create namespace other')
    expect(
      told(sim, "kubectl get secret db -o yaml | sed 's/namespace: default/namespace: other/' | kubectl apply -f -"),
    ).toBe('secret/db created\n')
    told(sim, 'kubectl get secret db -o yaml > backup.yaml; kubectl delete secret db')
    expect(told(sim, 'kubectl create -f backup.yaml')).toBe('secret/db created\n')
  })

  test('is nothing at all when there are no names', () => {
    const sim = createSim({ journal: 'off', nodes: 0 })
    expect(told(sim, 'kubectl get secrets -l no=where -o name')).toBe('')
  })
})

describe('later versions', () => {
  test('wait for what is not there yet', () => {
    const sim = createSim({ journal: 'off', nodes: 0, version: 'v1.36', kubectl: '1.36.0' })
    expect(told(sim, 'kubectl wait --for=create secret/db --timeout=2s')).toBe(
      'error: timed out waiting for the condition\n[1]',
    )
    expect(
      told(sim, '(sleep 3; kubectl create secret generic db >/dev/null) & kubectl wait --for=create secret/db'),
    ).toBe('secret/db condition met\n')
  })

  test('S3 tell who asks, and warn of questions that make no sense', () => {
    const sim = createSim({ journal: 'off', nodes: 0, version: 'v1.36', kubectl: '1.36.0' })
    expect(told(sim, 'kubectl auth whoami')).toBe(
      'ATTRIBUTE   VALUE\nUsername    admin\nGroups      [system:masters system:authenticated]\n',
    )
    expect(sim.shell('kubectl auth can-i list nodes').stderr).toBe(
      "Warning: resource 'nodes' is not namespace scoped\n\n",
    )
    expect(sim.shell('kubectl auth can-i read secrets').stderr).toBe("Warning: verb 'read' is not a known verb\n\n")
  })
})
