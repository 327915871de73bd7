import { parseArgs } from 'node:util'
import { type KubernetesVersion, kubernetesVersions } from '../../src/versions/version.ts'

/** What is measured, and how it is told. */
export interface ScaleSettings {
  readonly nodes: number
  readonly pods: number
  /** Of all Pods together: each has as many as the next, or one more. */
  readonly containers: number
  /** Of its own, beside the one that its namespace shares. */
  readonly secretsPerPod: number
  /** Whether these say that they never change, so that kubelets close their watches. */
  readonly immutable: boolean
  /** Pods that a Deployment makes; "of its own" is said of a Deployment. */
  readonly replicas: number
  readonly strategy: (typeof strategies)[number]
  readonly version: KubernetesVersion
  readonly seed: string
  readonly output: 'text' | 'json' | 'html'
}

const strategies = ['Watch', 'Cache', 'Get'] as const

/** What a kubelet takes by default. Source: pkg/kubelet/apis/config/v1beta1/defaults.go, MaxPods. */
const podsPerNode = 110

/** Shown for `--help` and wrong arguments. */
export const usage = `npm run bench:scale -- [options]
  --nodes N              20 unless given
  --pods P               30 a node unless given
  --containers C         two a Pod unless given
  --secrets-per-pod S    Secrets of its own, beside the one that its namespace shares; 1 unless given
  --immutable            those of their own say that they never change (from v1.19 on kubelets then watch them no more)
  --replicas R           Pods of a Deployment; 1 unless given, so that no two Pods share more than a namespace
  --strategy S           Watch (unless given), Cache or Get
  --version V            of Kubernetes; v1.18 unless given
  --seed SEED
  --json                 figures as JSON
  -o html                a page with plots
`

/** Reads the command line; throws an Error whose message says what was expected. */
export function scaleSettings(args: readonly string[]): ScaleSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '20' },
      pods: { type: 'string' },
      containers: { type: 'string' },
      'secrets-per-pod': { type: 'string', default: '1' },
      immutable: { type: 'boolean', default: false },
      replicas: { type: 'string', default: '1' },
      strategy: { type: 'string', default: 'Watch' },
      version: { type: 'string', default: 'v1.18' },
      seed: { type: 'string', default: 'scale' },
      json: { type: 'boolean', default: false },
      output: { type: 'string', short: 'o' },
    },
  })
  const nodes = wholeNumber('nodes', values.nodes, 1, 5000)
  const pods = wholeNumber('pods', values.pods ?? String(nodes * 30), 1, nodes * podsPerNode)
  const { strategy, version, output } = values
  if (output !== undefined && output !== 'html') throw new Error(`-o ${output}: expected html`)
  return {
    nodes,
    pods,
    containers: wholeNumber('containers', values.containers ?? String(pods * 2), pods, pods * 20),
    secretsPerPod: wholeNumber('secrets-per-pod', values['secrets-per-pod'], 0, 100),
    immutable: values.immutable,
    replicas: wholeNumber('replicas', values.replicas, 1, pods),
    strategy: oneOf('strategy', strategy, strategies),
    version: oneOf('version', version, kubernetesVersions),
    seed: values.seed,
    output: output ?? (values.json ? 'json' : 'text'),
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`--${option} ${text}: expected a whole number from ${least} to ${most}`)
}

function oneOf<T extends string>(option: string, text: string, all: readonly T[]): T {
  const found = all.find((each) => each === text)
  if (found !== undefined) return found
  throw new Error(`--${option} ${text}: expected ${all.join(', ')}`)
}
