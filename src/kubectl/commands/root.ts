import type { Command } from '../cli/command.ts'
import { applyCommand } from './apply.ts'
import { createCommand } from './create.ts'
import { deleteCommand } from './delete.ts'
import { describeCommand } from './describe.ts'
import { editCommand } from './edit.ts'
import { getCommand } from './get.ts'
import { annotateCommand, labelCommand } from './metadata.ts'
import { patchCommand } from './patch.ts'
import { replaceCommand } from './replace.ts'

/** All commands. Source: kubectl pkg/cmd/cmd.go, NewKubectlCommand. */
export const rootCommand: Command = {
  name: 'kubectl',
  short: 'kubectl controls the Kubernetes cluster manager',
  children: [
    createCommand,
    getCommand,
    describeCommand,
    editCommand,
    deleteCommand,
    applyCommand,
    patchCommand,
    replaceCommand,
    labelCommand,
    annotateCommand,
  ],
}
