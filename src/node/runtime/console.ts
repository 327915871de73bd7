import type { Kernel } from '../../kernel/kernel.ts'
import type { OpenInput } from '../../shell/program.ts'
import { PipedInput, Terminal } from '../../shell/terminal.ts'
import type { ContainerEntry } from './container.ts'
import type { Attachment, ExecSession } from './cri.ts'

/** The input of a container's first process, if its spec has one: a terminal shows what is typed, as part of what the container writes. */
export function consoleOf(entry: ContainerEntry, kernel: Kernel): OpenInput | undefined {
  const { console } = entry.config
  if (console === undefined) return undefined
  return console.isTerminal ? new Terminal((bytes) => entry.log.write(kernel.now(), 'stdout', bytes)) : new PipedInput()
}

/** Somebody comes to the first process of a container that runs. Source: kubelet pkg/cri/streaming/server.go, serveAttach. */
export function attachTo(entry: ContainerEntry, { write, ended }: Omit<ExecSession, 'input'>): Attachment {
  const { console, log, config } = entry
  const heard = log.listen({ bytes: write, ended: () => ended(0) })
  const endInput = (): void => {
    if (config.console?.once === true) console?.close()
  }
  return {
    type(bytes) {
      if (config.console?.takesInput === true) console?.type(bytes)
    },
    endInput,
    leave() {
      heard.unsubscribe()
      endInput()
    },
  }
}
