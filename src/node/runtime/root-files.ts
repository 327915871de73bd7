import { utf8Bytes } from '../../bytes/bytes.ts'
import type { ImageDefinition } from '../../shell/program.ts'
import type { PodSandbox } from './cri.ts'
import type { NodeNetwork } from './runtime-options.ts'

type Files = ImageDefinition['files']

/** The files that containers begin with: their image's, and /etc/resolv.conf. Containers that begin with the same share them. */
export class RootFiles {
  readonly #network: NodeNetwork | undefined
  readonly #known = new WeakMap<Files, Map<string, Files>>()

  constructor(network: NodeNetwork | undefined) {
    this.#network = network
  }

  of({ files }: ImageDefinition, sandbox: PodSandbox): Files {
    if (this.#network === undefined) return files
    const text = this.#network.resolvConf(sandbox)
    const byText = this.#known.get(files) ?? new Map<string, Files>()
    this.#known.set(files, byText)
    const known = byText.get(text) ?? { ...files, '/etc/resolv.conf': utf8Bytes(text) }
    byText.set(text, known)
    return known
  }
}
