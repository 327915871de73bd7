import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import type { ByteText } from '../../shell/byte-text.ts'
import type { FileWatch } from '../../shell/file-watch.ts'
import type { ContainerNetwork } from '../../shell/net/network.ts'
import type { ContainerEntry } from './container.ts'
import type { ProcessHost } from './container-process.ts'
import { directoryChange } from './container-task.ts'
import { createDirectoryWatch, type DirectoryWatch } from './directory-watch.ts'
import { watchFiles } from './file-watch.ts'
import type { RuntimeOptions } from './runtime-options.ts'

/** What the processes of a node's containers ask of their runtime. Made with the first container. */
export class ContainerHost implements ProcessHost {
  readonly kernel: Kernel
  /** False when the container is out of memory. */
  readonly useMemory: ProcessHost['useMemory']
  readonly #options: RuntimeOptions
  readonly #watch: DirectoryWatch

  constructor(options: RuntimeOptions, useMemory: ProcessHost['useMemory']) {
    this.kernel = options.kernel
    this.useMemory = useMemory
    this.#options = options
    this.#watch = createDirectoryWatch(options.fs)
  }

  epochNow(): number {
    const { calendar, kernel } = this.#options
    return calendar.at(kernel.now())
  }

  /** What /dev/urandom gives: a stream of its own for each container, so that others draw as they would without it. */
  randomBytes({ config }: ContainerEntry, count: number): ByteText {
    const { random, nodeName } = this.#options
    const stream = random.stream(`${nodeName}/runtime/urandom/${config.podUid}/${config.name}`)
    let bytes = ''
    for (let i = 0; i < count; i++) bytes += String.fromCharCode(stream.integer(0, 256))
    return bytes
  }

  watch({ files }: ContainerEntry, paths: readonly string[]): FileWatch {
    return watchFiles(this.#options.fs, files, paths)
  }

  network(entry: ContainerEntry, isInstant: boolean): ContainerNetwork | undefined {
    return this.#options.network?.of(entry, isInstant)
  }

  changed({ files }: ContainerEntry, directory: string): Once<void> {
    return process(this.kernel, () => directoryChange(this.#watch, files, directory))
  }
}
