import { createSim } from '../../../src/index.ts'
import type { Album } from '../../../src/report/export/album.ts'
import { type AlbumChoice, makeAlbum, type ToldRun } from '../../../src/report/export/make-album.ts'
import { createTranscript } from '../../../src/report/export/transcript.ts'
import { loadScenario } from '../../../src/scenario/load.ts'
import { runScenario } from '../../../src/scenario/run.ts'
import type { LiveScenario } from '../../../src/ui/live/live-scenario.ts'

/**
 * One Pod with the Secret as file, subPath and variable; the Secret changes once. With this seed the next sync comes more than
 * half a minute later, and finds a cache whose ttl is not over.
 */
export const lesson = (value: string, title = 'One change'): string => `
title: ${JSON.stringify(title)}
seed: 2
cluster: { nodes: [{ name: node-1, ttl: 120 }] }
files:
  pod.yaml: |
    apiVersion: v1
    kind: Pod
    metadata: { name: mixed }
    spec:
      containers:
      - name: main
        image: busybox
        command: [sleep, "36000"]
        env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]
        volumeMounts:
        - { name: foo, mountPath: /etc/whole }
        - { name: foo, mountPath: /etc/one, subPath: password }
      volumes: [{ name: foo, secret: { secretName: db } }]
steps:
  - say: A Secret and a Pod.
    run: |
      kubectl create secret generic db --from-literal=password=${value}
      kubectl apply -f pod.yaml
  - after: 5m
    say: It changes.
    kubectl: "patch secret db -p '{\\"stringData\\":{\\"password\\":\\"${value}-2\\"}}'"
    ask:
      question: What does the file say now?
      choices:
        - { say: the old one, expect: { file: /etc/whole/password, in: mixed, content: ${value} } }
        - { say: the new one, expect: { file: /etc/whole/password, in: mixed, content: ${value}-2 } }
      because: No sync has come yet.
  - after: 4m
    exec: cat /etc/whole/password
    in: mixed
`

/** Runs a lesson, with each strategy that is named as a world of its own. */
export function albumOf(text: string, choice: Partial<AlbumChoice> = {}, strategies: readonly string[] = ['']): Album {
  const loaded = loadScenario(text, 'lesson.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
  const runs = strategies.map((name): ToldRun => {
    const { listener, heard } = createTranscript()
    const { source } = loaded.value
    const kubelet = { configMapAndSecretChangeDetectionStrategy: name }
    // A strategy's name, as a file would have it.
    const cluster = { ...source.cluster, ...(name !== '' && { kubelet }) } as typeof source.cluster
    const scenario = { ...loaded.value, source: { ...source, ...(cluster && { cluster }) } }
    const result = runScenario(scenario, { createSim, ...listener, reveal: choice.reveal ?? false })
    const transcript = heard()
    if (transcript === undefined) throw new Error(result.reason)
    return { name, result, transcript }
  })
  // One run at least.
  const album = makeAlbum(runs as [ToldRun, ...ToldRun[]], {
    ...{ podsim: '0', reveal: false },
    ...(loaded.value.source.lesson && { lesson: loaded.value.source.lesson }),
    ...choice,
  })
  if ('problem' in album) throw new Error(album.problem)
  return album
}

/** The lesson as a page has it that can run it again, and what it was exported as. */
export function liveLesson(): { readonly album: Album; readonly given: LiveScenario } {
  const text = lesson('correct-horse')
  const album = albumOf(text, { key: 'password' })
  const given: LiveScenario = {
    ...{ file: 'lesson.yaml', text, files: {}, folders: {}, settings: {}, seed: album.seed, compare: [] },
    choice: { podsim: '0', reveal: false, key: 'password' },
  }
  return { album, given }
}
