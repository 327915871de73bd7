import type { Command } from '../cli/command.ts'
import { getCommand } from './get.ts'

/** All commands. Source: kubectl pkg/cmd/cmd.go, NewKubectlCommand. */
export const rootCommand: Command = {
  name: 'kubectl',
  short: 'kubectl controls the Kubernetes cluster manager',
  children: [getCommand],
}
